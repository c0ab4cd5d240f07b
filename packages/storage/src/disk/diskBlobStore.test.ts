import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type DamageableReaderUnderTest,
  describeBlobReader,
  describeBlobStore,
  describeDamage,
} from '../blobStore.common.case.ts'
import { parseCid } from '../dag/cid.ts'
import { decodeNode } from '../dag/node.ts'
import { BlobCorruptError } from '../errors.ts'
import { all, collect, MIB, pattern } from '../testing.case.ts'
import { diskBlobStore } from './diskBlobStore.ts'
import { blockPath, diskLayout } from './layout.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'stoa-blobs-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))
const newFolder = () => mkdtemp(join(root, 'store-'))

async function openReader(): Promise<DamageableReaderUnderTest> {
  const folder = await newFolder()
  const store = await diskBlobStore({ folder })
  return {
    reader: store,
    put: store.put,
    async damage(cid, change) {
      const path = blockPath(diskLayout(folder), parseCid(cid))
      await writeFile(path, change(await readFile(path)))
    },
  }
}

describeBlobReader('diskBlobStore', openReader)
describeDamage('diskBlobStore', openReader)

describeBlobStore('diskBlobStore', async () => diskBlobStore({ folder: await newFolder() }))

/** Every block file of a store. */
async function blockFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'blocks'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

/** What must hold whenever nobody is writing: all blocks are whole, no node lacks a child, each listed blob can be read. */
async function expectConsistent(folder: string): Promise<string[]> {
  const store = await diskBlobStore({ folder })
  for (const name of await blockFiles(folder)) {
    const cid = parseCid(name)
    const block = await store.block(name)
    if (cid.codec === 'raw') continue
    for (const child of decodeNode(cid, block).children) expect(await store.has(child.cid.text)).toBe(true)
  }
  const cids = await all(store.list())
  for (const cid of cids) await collect(store.get(cid))
  return cids
}

function startWriter(folder: string, ...args: string[]): ChildProcess {
  const script = join(import.meta.dirname, 'putUntilKilled.case.ts')
  return spawn(process.execPath, [script, folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

describe('diskBlobStore survives', () => {
  test('a writer that is killed in the middle of a blob: nothing of it is seen', async () => {
    const folder = await newFolder()
    const child = startWriter(folder, '1', 'endless')
    const staging = join(folder, 'staging')
    const staged = async () => {
      const [put] = await readdir(staging).catch(() => [])
      return put ? (await readdir(join(staging, put))).length : 0
    }
    while ((await staged()) < 5) await sleep(5)
    await kill(child)

    expect(await expectConsistent(folder)).toEqual([])
    expect(await blockFiles(folder)).toEqual([])

    const store = await diskBlobStore({ folder })
    const { cid } = await store.put(pattern(MIB + 1))
    expect(await expectConsistent(folder)).toEqual([cid])
    // The dead writer may still be alive for all we know; after a day it is not.
    const [abandoned = ''] = await readdir(staging)
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000)
    await utimes(join(staging, abandoned), yesterday, yesterday)
    await store.put(new Uint8Array([1]))
    expect(await readdir(staging)).toEqual([])
  })

  test('writers that are killed at any moment: what was confirmed is there, what is listed is whole', async () => {
    const folder = await newFolder()
    const confirmed: string[] = []
    for (let round = 0; round < 6; round++) {
      const child = startWriter(folder, String(round))
      const lines = createInterface({ input: child.stdout ?? process.stdin })
      const first = once(lines, 'line')
      const ended = once(lines, 'close')
      lines.on('line', (cid) => confirmed.push(cid))
      await first
      // Somewhere within the next few puts; a commit takes some milliseconds.
      await sleep(3 + round * 11)
      await kill(child)
      await ended
      const listed = await expectConsistent(folder)
      expect(confirmed.filter((cid) => !listed.includes(cid))).toEqual([])
    }
    expect(confirmed.length).toBeGreaterThanOrEqual(6)
  })

  test('deletions in one process while others write blobs that share blocks', async () => {
    const folder = await newFolder()
    const writers = [startWriter(folder, '1'), startWriter(folder, '2')]
    const store = await diskBlobStore({ folder })
    let deleted = 0
    while (deleted < 10) {
      for (const cid of await all(store.list())) deleted += Number(await store.delete(cid))
      await sleep(5)
    }
    await Promise.all(writers.map(kill))
    await expectConsistent(folder)
  })
})

describe('diskBlobStore', () => {
  test('is found again by the next process', async () => {
    const folder = await newFolder()
    const { cid } = await (await diskBlobStore({ folder })).put(pattern(MIB + 7))
    const again = await diskBlobStore({ folder })
    expect(await all(again.list())).toEqual([cid])
    expect((await collect(again.get(cid))).length).toBe(MIB + 7)
  })

  test('repairs a damaged block when the same bytes are put again', async () => {
    const folder = await newFolder()
    const store = await diskBlobStore({ folder })
    const { cid } = await store.put(new Uint8Array([1, 2, 3]))
    await writeFile(blockPath(diskLayout(folder), parseCid(cid)), 'nonsense')
    await expect(store.stat(cid)).rejects.toThrow(BlobCorruptError)
    await store.put(new Uint8Array([1, 2, 3]))
    expect((await store.stat(cid)).bytes).toBe(3)
  })

  test('deletes a blob whose root is damaged', async () => {
    const folder = await newFolder()
    const store = await diskBlobStore({ folder })
    const { cid } = await store.put(pattern(MIB + 1))
    await writeFile(blockPath(diskLayout(folder), parseCid(cid)), 'nonsense')
    expect(await store.delete(cid)).toBe(true)
    expect(await store.has(cid)).toBe(false)
    expect(await all(store.list())).toEqual([])
  })

  test('does not mind files that others leave in its folder', async () => {
    const folder = await newFolder()
    const store = await diskBlobStore({ folder })
    await writeFile(join(folder, 'blobs', '.DS_Store'), '')
    const { cid } = await store.put(new Uint8Array([1]))
    expect(await all(store.list())).toEqual([cid])
  })
})
