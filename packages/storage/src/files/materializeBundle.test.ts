import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bundleDigest, bytesToHex, type ModelCard, merkleRoot, sha256 } from '@stoa/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BlobStore } from '../blobStore.ts'
import { memoryBlobStore } from '../memory/memoryBlobStore.ts'
import { materializeBundle } from './materializeBundle.ts'
import { materializeFile } from './materializeFile.ts'

let folder: string
let blobs: BlobStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-files-'))
  blobs = memoryBlobStore()
})
afterEach(() => rmSync(folder, { recursive: true }))

const fileOf = async (path: string, content: Uint8Array, stored = content) => {
  const { cid } = await blobs.put(stored)
  return { path, cid, bytes: content.length, root: bytesToHex(merkleRoot(content)) }
}

test('a bundle is written file by file, unless it is another than the ledger names', async () => {
  const files = [await fileOf('a', Uint8Array.of(1)), await fileOf('b', Uint8Array.of(2))]
  const words = { name: 'stoa/ocr', task: 'ocr' as const, title: '', description: '', licence: '', source: '' }
  const card: ModelCard = { stoa: 'model-card/1', ...words, files }
  const paths = await materializeBundle({ card, weights: bundleDigest(files), blobs, folder })
  expect(Object.entries(paths).map(([name, path]) => [name, readFileSync(path)[0]])).toEqual([
    ['a', 1],
    ['b', 2],
  ])
  const some = join(folder, 'some')
  const one = await materializeBundle({ card, weights: bundleDigest(files), only: ['b'], blobs, folder: some })
  expect(Object.keys(one)).toEqual(['b'])
  expect(readdirSync(some).flatMap((bundle) => readdirSync(join(some, bundle)))).toEqual(['b'])
  const other = materializeBundle({ card, weights: bundleDigest(files.slice(1)), blobs, folder })
  await expect(other).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' })
})

test('a file whose name looks like a part of another is left alone', async () => {
  const files = [await fileOf('a.partial', Uint8Array.of(1)), await fileOf('a', Uint8Array.of(2))]
  const words = { name: 'stoa/ocr', task: 'ocr' as const, title: '', description: '', licence: '', source: '' }
  const card: ModelCard = { stoa: 'model-card/1', ...words, files }
  const paths = await materializeBundle({ card, weights: bundleDigest(files), blobs, folder })
  expect(Object.values(paths).map((path) => readFileSync(path)[0])).toEqual([1, 2])
})

test('a bundle that drips is given up, and what is on the disk needs no server', async () => {
  const files = await Promise.all(['a', 'b', 'c'].map((path, i) => fileOf(path, Uint8Array.of(i))))
  const words = { name: 'stoa/ocr', task: 'ocr' as const, title: '', description: '', licence: '', source: '' }
  const card: ModelCard = { stoa: 'model-card/1', ...words, files }
  const dripping: BlobStore = {
    ...blobs,
    async *get(cid, { signal } = {}) {
      await sleep(60, undefined, { signal })
      yield* blobs.get(cid)
    },
  }
  const bundle = { card, weights: bundleDigest(files), folder }
  // Each file by itself is in time.
  const slow = materializeBundle({ ...bundle, blobs: dripping, pace: { graceMs: 100, bytesPerSecond: 1e6 } })
  await expect(slow).rejects.toMatchObject({ code: 'BLOB_TOO_SLOW', retry: true })
  await materializeBundle({ ...bundle, blobs })
  await materializeBundle({ ...bundle, blobs: memoryBlobStore() })
})

describe('a file', () => {
  const content = new Uint8Array(3_000_000).map((_, i) => i % 251)

  test('is fetched once, and again when it is not what it was', async () => {
    const file = await fileOf('a', content)
    const path = join(folder, 'a')
    await materializeFile(blobs, file, path)
    expect(bytesToHex(sha256(readFileSync(path)))).toBe(bytesToHex(sha256(content)))
    await materializeFile(memoryBlobStore(), file, path)
    writeFileSync(path, content.subarray(1))
    await materializeFile(blobs, file, path)
    expect(bytesToHex(sha256(readFileSync(path)))).toBe(bytesToHex(sha256(content)))
  })

  test.each([
    ['shorter', content.subarray(0, 2_999_999)],
    ['longer', new Uint8Array([...content, 0])],
    ['another', content.toReversed()],
  ])('is refused when its blob is %s, and nothing is left', async (_, stored) => {
    const file = await fileOf('a', content, stored)
    const path = join(folder, 'a')
    await expect(materializeFile(blobs, file, path)).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' })
    expect(() => readFileSync(path)).toThrow('ENOENT')
    expect(readdirSync(folder)).toEqual([])
  })
})
