import { randomUUID } from 'node:crypto'
import { mkdir, opendir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlockSink } from '../dag/buildDag.ts'
import { parseCid } from '../dag/cid.ts'
import { MAX_LEVEL } from '../dag/layout.ts'
import { syncFolder, writeDurably } from './durable.ts'
import { isMissing } from './isMissing.ts'
import { blockPath, type DiskLayout, shardOf } from './layout.ts'

/** A put whose folder has not changed for this long belongs to a process that died. */
const ABANDONED_MS = 24 * 60 * 60 * 1000

/** The blocks of one put before anybody may see them. */
export type Staging = {
  write: BlockSink
  /** Moves every block to its place, children before parents, each level durable before the next. Call it under the store's lock. */
  commit(): Promise<void>
  /** Removes what is left. */
  discard(): Promise<void>
}

/** Opens a folder of its own under `staging/`, after removing those of puts that died. */
export async function openStaging(layout: DiskLayout, now = Date.now()): Promise<Staging> {
  await removeAbandoned(layout.staging, now)
  const folder = join(layout.staging, randomUUID())
  await mkdir(folder)
  return {
    async write(cid, block, level) {
      const path = join(folder, `${level}-${cid.text}`)
      // Equal leaves of one blob are one block: the second time it is there already.
      await writeDurably(path, block).catch((error) => {
        if (error.code !== 'EEXIST') throw error
      })
    },
    async commit() {
      for (let level = 0; level <= MAX_LEVEL; level++) await commitLevel(layout, folder, `${level}-`)
    },
    async discard() {
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function commitLevel(layout: DiskLayout, folder: string, prefix: string): Promise<void> {
  const shards = new Set<string>()
  for await (const entry of await opendir(folder)) {
    if (!entry.name.startsWith(prefix)) continue
    const cid = parseCid(entry.name.slice(prefix.length))
    const shard = shardOf(layout, cid)
    if (!shards.has(shard)) await mkdir(shard, { recursive: true })
    shards.add(shard)
    await rename(join(folder, entry.name), blockPath(layout, cid))
  }
  if (shards.size === 0) return
  for (const shard of shards) await syncFolder(shard)
  await syncFolder(layout.blocks)
}

async function removeAbandoned(staging: string, now: number): Promise<void> {
  for (const name of await readdir(staging)) {
    const folder = join(staging, name)
    try {
      // Every block that is written changes the folder's time.
      if (now - (await stat(folder)).mtimeMs > ABANDONED_MS) await rm(folder, { recursive: true, force: true })
    } catch (error) {
      // Its put ended in the meantime.
      if (!isMissing(error)) throw error
    }
  }
}
