import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findTensor, valuesOf } from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openReferenceEncoder, PACKAGE_DIR, type ReferenceEncoder } from '../../convert/testing/embeddingPackage.ts'
import { convertExactEmbedding } from '../../quantize/embedding/convertExactEmbedding.ts'
import { NO_PIECES } from '../../text/index.ts'
import { PUBLISHED_IDS } from '../../text/unigram/testing/publishedIds.ts'
import { InvalidModelError } from '../errors.ts'
import type { Model } from '../model.ts'
import { openModel } from '../openModel.ts'
import { requestOf } from './testing/request.ts'

let folder: string
let files: Record<string, string>
let model: Model
let reference: ReferenceEncoder

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exact-embedding-'))
  const { modelPath, vocabPath } = await convertExactEmbedding({ packageDir: PACKAGE_DIR, outDir: folder })
  files = { 'model.onnx': modelPath, 'vocab.json': vocabPath }
  model = await openModel({ task: 'embedding', profile: 'exact/1', files, threads: 1 })
  reference = await openReferenceEncoder()
})

afterAll(async () => {
  await model.close()
  await rm(folder, { recursive: true })
})

describe('exact embeddings', () => {
  test('point where those of the published model do', async () => {
    for (const [, ids] of PUBLISHED_IDS) {
      const [row] = await embeddings(ids.slice(0, 128))
      expect(cosine(row, Float32Array.from(await reference([ids])))).toBeGreaterThan(0.999)
    }
  })

  test('are the same in whatever company', async () => {
    const texts = PUBLISHED_IDS.slice(0, 12).map(([, ids]) => ids)
    const together = await embeddings(...texts)
    for (const [i, text] of texts.entries()) expect((await embeddings(text))[0]).toEqual(together[i])
  })

  test('have unit length but for rounding, also that of no text', async () => {
    const [empty, one] = await embeddings([NO_PIECES], [66, 6])
    for (const row of [empty, one]) expect(Math.hypot(...(row ?? []))).toBeCloseTo(1, 3)
    expect(cosine(empty, Float32Array.from(await reference([[], [9]])).subarray(0, 512))).toBeGreaterThan(0.999)
  })
})

test('the model has the same bytes on every machine', async () => {
  const digest = createHash('sha256')
    .update(await readFile(files['model.onnx'] ?? ''))
    .digest('hex')
  expect(digest).toMatchInlineSnapshot(`"5ace6427c5bb9b3269bcb857855af1440c5c6cb5dcb66f91de5172e3af3093df"`)
})

test('files that are no such model are refused', async () => {
  const open = (own: Record<string, string>) => openModel({ task: 'embedding', profile: 'exact/1', files: own })
  await expect(open({})).rejects.toThrow(InvalidModelError)
  await expect(open({ ...files, 'model.onnx': files['vocab.json'] ?? '' })).rejects.toThrow(InvalidModelError)
  await expect(open({ ...files, 'vocab.json': files['model.onnx'] ?? '' })).rejects.toThrow(
    'vocab.json can not be used',
  )
})

/** Rows of the answer as they are meant: an element stands for itself times 2^−15. */
async function embeddings(...texts: (readonly number[])[]): Promise<Float32Array[]> {
  const response = await model.run(requestOf(...texts))
  expect(response.map(({ name, dtype, dims }) => ({ name, dtype, dims }))).toEqual([
    { name: 'embedding', dtype: 'i32', dims: [texts.length, 512] },
  ])
  const values = Float32Array.from(valuesOf(findTensor(response, 'embedding'), 'i32'), (n) => n / 2 ** 15)
  return texts.map((_, i) => values.slice(i * 512, (i + 1) * 512))
}

function cosine(a: Float32Array | undefined, b: Float32Array): number {
  if (a?.length !== b.length) return Number.NaN
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / Math.hypot(...a) / Math.hypot(...b)
}
