/** Bytes of content in a leaf; only the last leaf of a blob may have fewer. */
export const LEAF_BYTES = 1 << 20

/** Most links of a node: Kubo's classic width, from 8 KiB a node and 47 bytes a link. */
export const MAX_LINKS = 174

/** Levels of nodes above the leaves. Three hold 5 TiB; a deeper tree is somebody's mistake or malice. */
export const MAX_LEVEL = 3

/** Most bytes of content in a blob, 5,523,923,533,824 (5.02 TiB). */
export const MAX_BLOB_BYTES = capacityOf(MAX_LEVEL)

/** No block is larger: a leaf is 1 MiB, a node of 174 links about 10 KB. */
export const MAX_BLOCK_BYTES = LEAF_BYTES

/** Bytes of content under a full node of a level; level 0 is a leaf. */
export function capacityOf(level: number): number {
  return LEAF_BYTES * MAX_LINKS ** level
}

/** Level of the root of a blob. Zero bytes are one empty leaf. */
export function levelOf(bytes: number): number {
  let level = 0
  while (capacityOf(level) < bytes) level++
  return level
}

/** Content under each link of a node of `level` with `bytes` of content: full but for the last. */
export function childSizes(level: number, bytes: number): number[] {
  const full = capacityOf(level - 1)
  const sizes: number[] = []
  for (let rest = bytes; rest > 0; rest -= full) sizes.push(Math.min(rest, full))
  return sizes
}
