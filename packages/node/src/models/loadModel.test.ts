import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleDigest, bytesToHex, encodeModelCard, type ModelCard, merkleRoot, sha256 } from '@stoa/protocol'
import { type BlobStore, memoryBlobStore } from '@stoa/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ocrFiles } from '../testing/localMarket.ts'
import { loadModel } from './loadModel.ts'

let folder: string
let blobs: BlobStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-node-'))
  blobs = memoryBlobStore()
})
afterEach(() => rmSync(folder, { recursive: true }))

const fileOf = async (path: string, content: Uint8Array, stored = content) => {
  const { cid } = await blobs.put(stored)
  return { path, cid, bytes: content.length, root: bytesToHex(merkleRoot(content)) }
}
const words = { name: 'stoa/ocr', task: 'ocr' as const, title: '', description: '', licence: '', source: '' }
const publish = async (files: Awaited<ReturnType<typeof fileOf>>[], more: Partial<ModelCard> = {}) => {
  const bytes = encodeModelCard({ stoa: 'model-card/1', ...words, ...more, files })
  await blobs.put(bytes)
  return { card: bytesToHex(sha256(bytes)), weights: bundleDigest(files) }
}

test('loads a model whose card and files are what the ledger names', async () => {
  const files = []
  for (const [path, bytes] of Object.entries(ocrFiles())) files.push(await fileOf(path, bytes))
  const { card, model } = await loadModel({ version: await publish(files), blobs, folder, runMs: 60_000 })
  expect(card.name).toBe('stoa/ocr')
  expect(model.task).toBe('ocr')
  await model.close()
})

test('refuses a bundle that is not the version’s', async () => {
  const { card } = await publish([await fileOf('a', new Uint8Array(600))])
  const version = { card, weights: `0x${'12'.repeat(32)}` as const }
  await expect(loadModel({ version, blobs, folder, runMs: 60_000 })).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' })
})

test('refuses files that are not the bundle’s', async () => {
  const version = await publish([await fileOf('a', new Uint8Array(600), new Uint8Array(600).fill(1))])
  await expect(loadModel({ version, blobs, folder, runMs: 60_000 })).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' })
})

test('refuses a card that is not in the store', async () => {
  const version = { card: `0x${'12'.repeat(32)}`, weights: `0x${'12'.repeat(32)}` } as const
  await expect(loadModel({ version, blobs, folder, runMs: 60_000 })).rejects.toMatchObject({ code: 'UNKNOWN_BLOB' })
})

test('refuses to embed texts by files: only a server does', async () => {
  const version = await publish([await fileOf('upstream.json', new Uint8Array(60))], {
    task: 'embedding',
    dimensions: 8,
  })
  await expect(loadModel({ version, blobs, folder, runMs: 60_000 })).rejects.toMatchObject({ code: 'INVALID_UPSTREAM' })
})
