import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findTensor, type Tensor, valuesOf } from '@stoa/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTextCodec, type TextCodec } from '../../codec/index.ts'
import { convertEmbeddingModel } from '../../convert/convertEmbeddingModel.ts'
import { openReferenceEncoder, PACKAGE_DIR, type ReferenceEncoder } from '../../convert/testing/embeddingPackage.ts'
import { PUBLISHED_IDS } from '../../text/unigram/testing/publishedIds.ts'
import { InvalidModelError, InvalidRequestError, ModelClosedError } from '../errors.ts'
import type { Model } from '../model.ts'
import { openEmbedding } from './openEmbedding.ts'
import { requestOf, textsRequest } from './testing/request.ts'

let folder: string
let files: Record<string, string>
let model: Model
let codec: TextCodec
let reference: ReferenceEncoder

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedding-'))
  const { modelPath, vocabPath } = await convertEmbeddingModel({ packageDir: PACKAGE_DIR, outDir: folder })
  files = { 'model.onnx': modelPath, 'vocab.json': vocabPath }
  model = await openEmbedding({ files })
  codec = await openTextCodec({ file: 'vocab.json', path: vocabPath })
  reference = await openReferenceEncoder()
})

afterAll(async () => {
  await model.close()
  await rm(folder, { recursive: true })
})

describe('answers', () => {
  test('are those of the published model in TensorFlow.js', async () => {
    expect(PUBLISHED_IDS.length).toBeGreaterThanOrEqual(50)
    for (const [, ids] of PUBLISHED_IDS) {
      const [embedding] = rowsOf(await model.run(requestOf(ids.slice(0, 128))))
      expect(largestDifference(embedding, Float32Array.from(await reference([ids])))).toBeLessThan(1e-5)
    }
  })

  test('have the shape that the specification gives, and unit length', async () => {
    const response = await model.run(await textsRequest(codec, ['Hello, world!', '', 'word '.repeat(500)]))
    expect(response.map(({ name, dtype, dims }) => ({ name, dtype, dims }))).toEqual([
      { name: 'embedding', dtype: 'f32', dims: [3, 512] },
    ])
    for (const row of rowsOf(response)) expect(Math.hypot(...row)).toBeCloseTo(1, 5)
  })

  test('do not depend on what else is asked', async () => {
    const texts = PUBLISHED_IDS.map(([text]) => text)
    const alone: Float32Array[] = []
    for (const text of texts) alone.push(...(await embeddings(text)))
    const indices = texts.map((_, i) => i)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...indices), { minLength: 1, maxLength: 12 }), async (chosen) => {
        const together = await embeddings(...chosen.map((i) => texts[i] ?? ''))
        for (const [row, i] of chosen.entries()) expect(largestDifference(together[row], alone[i])).toBeLessThan(1e-6)
      }),
      { numRuns: 20 },
    )
    const all = await embeddings(...texts)
    for (const i of indices) expect(largestDifference(all[i], alone[i])).toBeLessThan(1e-6)
  })

  test('to runs that overlap are each for their own request', async () => {
    const texts = ['A cat sleeps.', 'Stock markets fell.', 'It rains.', '']
    const alone = await embeddings(...texts)
    const overlapping = await Promise.all(texts.map((text) => embeddings(text)))
    for (const [i, [row]] of overlapping.entries()) expect(largestDifference(row, alone[i])).toBeLessThan(1e-6)
  })

  test('for an empty text are those of an empty row in the published model', async () => {
    const rows = Float32Array.from(await reference([[], [9, 10]]))
    const [empty] = await embeddings('')
    expect(largestDifference(empty, rows.subarray(0, 512))).toBeLessThan(1e-5)
  })

  test('put texts of one meaning together', async () => {
    const pairs = [
      ['How do I reset my password?', 'I forgot my login details and need to change my password.'],
      ['A cat is sleeping on the sofa.', 'The kitten naps on the couch.'],
      ['Stock markets fell sharply on Monday.', 'Shares dropped at the start of the week.'],
      ['It will rain in Lisbon tomorrow.', 'Expect showers in the capital of Portugal.'],
      ['The recipe needs two eggs and a cup of flour.', 'Baking this cake takes flour and eggs.'],
      ['Plants turn sunlight into energy.', 'Photosynthesis stores the energy of light as sugar.'],
    ] as const
    const [left, right] = [await embeddings(...pairs.map(([a]) => a)), await embeddings(...pairs.map(([, b]) => b))]
    for (const [i, row] of left.entries()) {
      const similarities = right.map((other) => dot(row, other))
      expect(similarities.indexOf(Math.max(...similarities))).toBe(i)
    }
  })
})

describe('requests', () => {
  test('that break the layout are refused, and the model goes on', async () => {
    await expect(model.run([])).rejects.toThrow(InvalidRequestError)
    expect(await embeddings('still here')).toHaveLength(1)
  })

  test('keep their memory as it was', async () => {
    const request = requestOf([66], [174, 883])
    const before = structuredClone(request)
    await model.run(request)
    expect(request).toEqual(before)
  })

  test('end with the reason of their signal, before the first step and between steps', async () => {
    await expect(
      model.run(requestOf([11]), { signal: AbortSignal.abort(new Error('changed my mind')) }),
    ).rejects.toThrow('changed my mind')
    const controller = new AbortController()
    const run = model.run(requestOf(...Array.from({ length: 64 }, (_, i) => Array(2 * i + 1).fill(1095))), {
      signal: controller.signal,
    })
    controller.abort(new Error('half way'))
    await expect(run).rejects.toThrow('half way')
  })
})

test('closing waits for runs under way, can be repeated, and ends the model', async () => {
  const other = await openEmbedding({ files, threads: 1 })
  const run = other.run(requestOf([66]))
  await Promise.all([other.close(), other.close()])
  expect(rowsOf(await run)).toHaveLength(1)
  await expect(other.run(requestOf([66]))).rejects.toThrow(ModelClosedError)
})

describe('files that are no such model', () => {
  const write = async (name: string, content: string | Uint8Array) => {
    const path = join(folder, name)
    await writeFile(path, content)
    return path
  }
  const vocabularyOf = (size: number) => JSON.stringify(Array.from({ length: size }, (_, i) => [`piece${i}`, -1]))

  test.each<[string, () => Promise<Record<string, string>>]>([
    ['none', async () => ({})],
    ['one missing', async () => ({ 'model.onnx': files['model.onnx'] ?? '' })],
    ['a path to nowhere', async () => ({ ...files, 'vocab.json': join(folder, 'nowhere') })],
    ['a network to nowhere', async () => ({ ...files, 'model.onnx': join(folder, 'nowhere') })],
    ['a damaged vocabulary', async () => ({ ...files, 'vocab.json': await write('broken.json', '[[') })],
    [
      'a damaged network',
      async () => ({ ...files, 'model.onnx': await write('broken.onnx', Uint8Array.of(8, 8, 0x3a)) }),
    ],
    [
      'a vocabulary of a larger network',
      async () => ({ ...files, 'vocab.json': await write('large.json', vocabularyOf(9000)) }),
    ],
  ])('%s', async (_, make) => {
    await expect(openEmbedding({ files: await make() })).rejects.toThrow(InvalidModelError)
  })

  test('a copy elsewhere is one', async () => {
    const copy = join(folder, 'copy.onnx')
    await cp(files['model.onnx'] ?? '', copy)
    const other = await openEmbedding({ files: { ...files, 'model.onnx': copy } })
    await other.close()
  })
})

async function embeddings(...texts: string[]): Promise<Float32Array[]> {
  return rowsOf(await model.run(await textsRequest(codec, texts)))
}

function rowsOf(response: readonly Tensor[]): Float32Array[] {
  const values = valuesOf(findTensor(response, 'embedding'), 'f32')
  return Array.from({ length: values.length / 512 }, (_, i) => values.subarray(i * 512, (i + 1) * 512))
}

function largestDifference(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || a.length !== b?.length) return Number.NaN
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? Number.NaN))), 0)
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
}
