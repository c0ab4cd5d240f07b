import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex, merkleRoot } from '@stoa/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Home, openHome } from '../home/home.ts'
import { filesFolder, readDraft, recordPublished } from './draft.ts'
import { receiveFile } from './receiveFile.ts'

let home: Home

beforeEach(async () => {
  home = await openHome(await mkdtemp(join(tmpdir(), 'stoa-draft-')))
})
afterEach(() => rm(home.folder, { recursive: true, force: true }))

const streamOf = (pieces: readonly Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
const rootOf = (bytes: Uint8Array) => bytesToHex(merkleRoot(bytes))

it('keeps a file as it came, however it was cut, the last of a name', async () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 900 }), { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(pieces, async (sent) => {
      const bytes = Buffer.concat(sent)
      await receiveFile({ home, path: 'a.bin', root: rootOf(bytes), body: streamOf(sent), length: bytes.length })
      expect(readDraft(home).files).toEqual([{ path: 'a.bin', bytes: bytes.length, root: rootOf(bytes) }])
      expect(bytes.equals(await readFile(join(filesFolder(home), 'a.bin')))).toBe(true)
    }),
    { numRuns: 20 },
  )
})

it.each([
  ['fewer bytes than announced', 9, [4]],
  ['more bytes than announced', 3, [4]],
  ['other bytes than named', 4, [4]],
])('keeps nothing of %s', async (_what, length, cuts) => {
  const sent = cuts.map((count) => new Uint8Array(count).fill(1))
  const root = rootOf(new Uint8Array(length).fill(2))
  await expect(receiveFile({ home, path: 'a.bin', root, body: streamOf(sent), length })).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
  })
  expect(readDraft(home).files).toEqual([])
  expect(await readdir(filesFolder(home))).toEqual([])
})

it('takes nothing more once the model is published', async () => {
  recordPublished(home, { modelId: '7', hash: '0x', gasUsed: '1' })
  const body = streamOf([new Uint8Array(1)])
  await expect(
    receiveFile({ home, path: 'a.bin', root: rootOf(new Uint8Array(1)), body, length: 1 }),
  ).rejects.toMatchObject({ code: 'ALREADY_PUBLISHED' })
})
