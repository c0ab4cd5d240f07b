import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findTensor, mostUnits, type Tensor, tensorOf, textTensor, valuesOf } from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pieceTokenizerJson } from '../../checkpoints/testing/pieceFiles.ts'
import { fromTokenizerJson } from '../../checkpoints/tokenizers/fromTokenizerJson.ts'
import { quantizeLlama } from '../../llama/quantizeLlama.ts'
import { randomWeights, SMALL } from '../../llama/testing/randomWeights.ts'
import { readOnnxModel, writeOnnxModel } from '../../onnx/index.ts'
import { piecesOf } from '../../text/testing/smallPieces.ts'
import { InvalidModelError, InvalidRequestError } from '../errors.ts'
import type { Model } from '../model.ts'
import { openModel } from '../openModel.ts'

const TOKENIZER = fileURLToPath(new URL('../../../../../models/stoa-scribe/tokenizer.json', import.meta.url))
let folder: string
let files: Record<string, string>
let model: Model

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generation-'))
  const tokenizer = fromTokenizerJson(JSON.parse(await readFile(TOKENIZER, 'utf8')), 'tokenizer.json')
  const weights = randomWeights({ ...SMALL, vocab: tokenizer.size })
  const { bytes } = await quantizeLlama({
    checkpoint: { ...weights, tokenizer, ends: [0] },
    calibration: { text: 'The sea was calm, and the ship lay still. '.repeat(8) },
    begin: [0],
  })
  files = { 'model.onnx': join(folder, 'model.onnx'), 'tokenizer.json': join(folder, 'tokenizer.json') }
  await writeFile(files['model.onnx'] ?? '', bytes)
  await copyFile(TOKENIZER, files['tokenizer.json'] ?? '')
  model = await openModel({ task: 'generate', profile: 'exact/1', files, threads: 1 })
}, 120_000)

afterAll(async () => {
  await model.close()
  await rm(folder, { recursive: true })
})

const request = (prompt: string, limit: number, temperature = 0, seed = 0): Tensor[] => [
  textTensor('prompt', prompt),
  tensorOf('settings', 'u32', [4], Uint32Array.of(limit, temperature, 0, 1_000_000)),
  tensorOf('seed', 'u8', [32], new Uint8Array(32).fill(seed)),
]
const numbers = (response: readonly Tensor[], name: string) => [...valuesOf(findTensor(response, name), 'u32')]

describe('a generating model', () => {
  test('answers with text, tokens and what was counted', async () => {
    const response = await model.run(request('The sea', 12))
    expect(response.map(({ name, dtype }) => ({ name, dtype }))).toEqual([
      { name: 'text', dtype: 'u8' },
      { name: 'tokens', dtype: 'u32' },
      { name: 'usage', dtype: 'u32' },
    ])
    const [read = 0, generated, why] = numbers(response, 'usage')
    expect(read).toBeGreaterThan(1)
    expect(generated).toBe(numbers(response, 'tokens').length)
    expect(why).toBe(numbers(response, 'tokens').at(-1) === 0 ? 1 : 0)
  })

  test('says the same to the same request, and draws by the seed', async () => {
    const once = await model.run(request('The ship', 20, 2000, 1))
    expect(await model.run(request('The ship', 20, 2000, 1))).toEqual(once)
    expect(numbers(await model.run(request('The ship', 20, 2000, 2)), 'tokens')).not.toEqual(numbers(once, 'tokens'))
  })

  test('goes on from what it said as it would have gone on', async () => {
    const tokens = numbers(await model.run(request('Calm', 16)), 'tokens')
    expect(numbers(await model.run(request('Calm', 9)), 'tokens')).toEqual(tokens.slice(0, 9))
  })

  test('reads the end of a prompt that is too long', async () => {
    const long = `${'word '.repeat(400)}The sea`
    const [read] = numbers(await model.run(request(long, 100)), 'usage')
    expect(read).toBe(SMALL.context - 100)
    await expect(model.run(request('x', SMALL.context))).rejects.toThrow(InvalidRequestError)
  })

  test('ends with the reason of its signal', async () => {
    const signal = AbortSignal.abort(new Error('no longer wanted'))
    await expect(model.run(request('x', 5), { signal })).rejects.toThrow('no longer wanted')
  })
})

test('a tokenizer of pieces: no more is counted of a prompt than its bytes and one', async () => {
  // As many ids as the model has rows: it may choose any of them.
  const rest = Array.from({ length: 2048 - 266 }, (_, i) => `[${i}]`)
  const table = piecesOf(['▁t', 'he', '▁the', '▁', 't', 'h', 'e', ...rest])
  const tokenizer = join(folder, 'pieces.json')
  await writeFile(tokenizer, JSON.stringify(pieceTokenizerJson(table)))
  const own = { ...files, 'tokenizer.json': tokenizer }
  const pieces = await openModel({ task: 'generate', profile: 'exact/1', files: own, threads: 1 })
  try {
    // The token that begins texts, the blank before them, and three bytes.
    const [read] = numbers(await pieces.run(request('漢', 1)), 'usage')
    expect(read).toBe(4)
    expect(numbers(await pieces.run(request('the the', 1)), 'usage')[0]).toBe(3)
  } finally {
    await pieces.close()
  }
})

test('a model that begins every prompt with many ids: no more is counted of it than its bytes and one', async () => {
  const exact = readOnnxModel(await readFile(files['model.onnx'] ?? ''))
  const path = join(folder, 'begins.onnx')
  const metadata = new Map([...exact.metadata, ['generate.begin', Array(40).fill(0).join()]])
  await writeFile(path, writeOnnxModel({ ...exact, metadata }))
  const begun = await openModel({ task: 'generate', profile: 'exact/1', files: { ...files, 'model.onnx': path } })
  try {
    const units = request('The', 1)
    const [read = 0, generated = 0] = numbers(await begun.run(units), 'usage')
    expect(read).toBe(4)
    expect(BigInt(read + generated)).toBeLessThanOrEqual(mostUnits('token', units))
  } finally {
    await begun.close()
  }
})

test('files that are no generating model are refused', async () => {
  const open = (own: Record<string, string>) => openModel({ task: 'generate', profile: 'exact/1', files: own })
  await expect(open({})).rejects.toThrow(InvalidModelError)
  await expect(open({ ...files, 'model.onnx': join(folder, 'nowhere') })).rejects.toThrow(InvalidModelError)
  await expect(open({ ...files, 'tokenizer.json': files['model.onnx'] ?? '' })).rejects.toThrow(InvalidModelError)
})
