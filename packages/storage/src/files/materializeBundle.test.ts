import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  const other = materializeBundle({ card, weights: bundleDigest(files.slice(1)), blobs, folder })
  await expect(other).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' })
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
    expect(() => readFileSync(`${path}.partial`)).toThrow('ENOENT')
  })
})
