import { join } from 'node:path'
import type { BlobCid } from '../dag/cid.ts'

/** Where things are in a store's folder (specs/blobs.md). Only CIDs that passed `parseCid` become paths. */
export type DiskLayout = {
  /** One file a block, in 1,024 sub-folders. */
  blocks: string
  /** One empty file for each blob that was put. */
  blobs: string
  /** One folder for each put under way. */
  staging: string
  /** The file by which processes exclude each other. */
  lock: string
}

export function diskLayout(folder: string): DiskLayout {
  return {
    blocks: join(folder, 'blocks'),
    blobs: join(folder, 'blobs'),
    staging: join(folder, 'staging'),
    lock: join(folder, 'lock.sqlite'),
  }
}

/**
 * The sub-folder of a block: the two characters before the last. The last holds three bits only (288 bits in 58 characters of five), so
 * these are the last that are evenly spread.
 */
export function shardOf(layout: DiskLayout, cid: BlobCid): string {
  return join(layout.blocks, cid.text.slice(-3, -1))
}

export function blockPath(layout: DiskLayout, cid: BlobCid): string {
  return join(shardOf(layout, cid), cid.text)
}
