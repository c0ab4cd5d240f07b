import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  chargedUnits,
  decodeGenerationFile,
  encodeGenerationFile,
  findTensor,
  type GenerationFile,
  type Tensor,
  tensorOf,
  unitsOfRequest,
  valuesOf,
} from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromTokenizerJson } from '../../checkpoints/tokenizers/fromTokenizerJson.ts'
import { quantizeLlama } from '../../llama/quantizeLlama.ts'
import { randomWeights, SMALL } from '../../llama/testing/randomWeights.ts'
import { InvalidModelError } from '../errors.ts'
import { formulasOfModel } from '../formulasOfModel.ts'
import type { Model } from '../model.ts'
import { openModel } from '../openModel.ts'

const TOKENIZER = fileURLToPath(new URL('../../../../../models/stoa-scribe/tokenizer.json', import.meta.url))
let folder: string
let files: Record<string, string>
let facts: GenerationFile
let model: Model

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generation-'))
  const tokenizer = fromTokenizerJson(JSON.parse(await readFile(TOKENIZER, 'utf8')), 'tokenizer.json')
  const weights = randomWeights({ ...SMALL, vocab: tokenizer.size })
  const { bytes, generation } = await quantizeLlama({
    checkpoint: { ...weights, tokenizer, ends: [5, 0, 5] },
    calibration: { text: 'The sea was calm, and the ship lay still. '.repeat(8) },
    begin: [0],
  })
  facts = decodeGenerationFile(generation)
  files = {
    'model.onnx': await file('model.onnx', bytes),
    'generation.bin': await file('generation.bin', generation),
    'tokenizer.json': TOKENIZER,
  }
  model = await openModel({ task: 'generate', profile: 'exact/1', files, threads: 1 })
})

afterAll(async () => {
  await model.close()
  await rm(folder, { recursive: true })
})

async function file(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(folder, name), bytes)
  return join(folder, name)
}

const request = (ids: readonly number[], limit: number, temperature = 0, seed = 0): Tensor[] => [
  tensorOf('ids', 'u32', [ids.length], Uint32Array.from(ids)),
  tensorOf('settings', 'u32', [4], Uint32Array.of(limit, temperature, 0, 1_000_000)),
  tensorOf('seed', 'u8', [32], new Uint8Array(32).fill(seed)),
]
const tokensOf = (response: readonly Tensor[]) => [...valuesOf(findTensor(response, 'tokens'), 'u32')]
const run = async (...parameters: Parameters<typeof request>) => tokensOf(await model.run(request(...parameters)))

test('generation.bin says what the checkpoint says, the ids that end a text in order', () => {
  expect(facts).toEqual({ vocabulary: 2048, context: SMALL.context, begin: [0], ends: [0, 5] })
})

describe('a generating model', () => {
  test('answers with tokens alone, which are what is charged', async () => {
    const asked = request([0, 300, 400], 12)
    const response = await model.run(asked)
    expect(response.map(({ name, dtype, dims }) => ({ name, dtype, rank: dims.length }))).toEqual([
      { name: 'tokens', dtype: 'u32', rank: 1 },
    ])
    const tokens = tokensOf(response)
    expect(tokens.slice(0, -1).some((id) => facts.ends.includes(id))).toBe(false)
    if (!facts.ends.includes(tokens.at(-1) ?? -1)) expect(tokens).toHaveLength(12)
    expect(chargedUnits(unitsOfRequest('token', asked), response)).toBe(BigInt(3 + tokens.length))
  })

  test('says the same to the same request, and draws by the seed', async () => {
    const once = await run([0, 300], 20, 2000, 1)
    expect(await run([0, 300], 20, 2000, 1)).toEqual(once)
    expect(await run([0, 300], 20, 2000, 2)).not.toEqual(once)
  })

  test('goes on from what it said as it would have gone on', async () => {
    const tokens = await run([0, 77], 16)
    expect(await run([0, 77], 9)).toEqual(tokens.slice(0, 9))
    expect(await run([0, 77, ...tokens.slice(0, 5)], 11)).toEqual(tokens.slice(5))
  })

  test('answers as many tokens as its context holds, and refuses one more', async () => {
    const ids = Array<number>(SMALL.context - 1).fill(77)
    expect(await run(ids, 1)).toHaveLength(1)
    await expect(run(ids, 2)).rejects.toThrow(`1 too many for the model's context of ${SMALL.context}`)
  })

  test('ends with the reason of its signal', async () => {
    const signal = AbortSignal.abort(new Error('no longer wanted'))
    await expect(model.run(request([0], 5), { signal })).rejects.toThrow('no longer wanted')
  })
})

test('files that are no generating model are refused', async () => {
  const open = (own: Record<string, string>) => openModel({ task: 'generate', profile: 'exact/1', files: own })
  await expect(open({})).rejects.toThrow(InvalidModelError)
  await expect(open({ ...files, 'model.onnx': join(folder, 'nowhere') })).rejects.toThrow(InvalidModelError)
  await expect(open({ ...files, 'tokenizer.json': files['model.onnx'] ?? '' })).rejects.toThrow('tokenizer.json')
  const withFacts = async (changes: Partial<GenerationFile>) =>
    open({ ...files, 'generation.bin': await file('other.bin', encodeGenerationFile({ ...facts, ...changes })) })
  await expect(withFacts({ vocabulary: 2047 })).rejects.toThrow('tokenizer.json can not be used')
  await expect(withFacts({ vocabulary: 2049 })).rejects.toThrow('generation.bin says 2049 ids')
  await expect(withFacts({ context: 127 })).rejects.toThrow('a context of 127')
  await expect(open({ ...files, 'generation.bin': TOKENIZER })).rejects.toThrow('generation.bin can not be used')
})

test('opens a judged model only with its own formulas', async () => {
  const graphs = { 'model.onnx': await readFile(files['model.onnx'] ?? '') }
  const own = await file('formulas.bin', formulasOfModel('generate', graphs))
  const judged = await openModel({
    task: 'generate',
    profile: 'exact/1',
    files: { ...files, 'formulas.bin': own },
    threads: 1,
  })
  expect(tokensOf(await judged.run(request([0, 300], 4)))).toEqual(await run([0, 300], 4))
  await judged.close()
  // Those of the decoder itself: it is not what a contract computes a token by.
  const others = await file('others.bin', formulasOfModel('graph', graphs))
  const refusal = openModel({ task: 'generate', profile: 'exact/1', files: { ...files, 'formulas.bin': others } })
  await expect(refusal).rejects.toMatchObject({ code: 'WRONG_FORMULAS' })
})
