import { CHUNK_BYTES, HASHER, LEAF_BYTES, TAG } from './merkleRoot.ts'
import { HASH_BYTES } from './openHasher.ts'

/** A tree with all its nodes: what whoever has to open parts of it needs. Takes a sixteenth as much memory as its leaves. */
export type MerkleTree = {
  /** Levels above the leaves. */
  readonly depth: number
  /** Hashes at the bottom that are not padding. */
  readonly leaves: number
  readonly root: Uint8Array
  /** A node; level 0 are the leaves' hashes, and `index` counts in its level from the left. */
  node(level: number, index: number): Uint8Array
  /** Siblings of a node, from its own level up to, and without, level `to` (the root's where left out). */
  path(level: number, index: number, to?: number): Uint8Array[]
  /** The nodes `down` levels beneath a node, from the left, without those that have nothing but padding beneath. */
  row(level: number, index: number, down: number): Uint8Array[]
}

/** The tree over 512-byte leaves of `bytes` (specs/digests.md, "Tree"); of a part of a larger one, `depth` says how deep it is. */
export function merkleTree(bytes: Uint8Array, depth = 0): MerkleTree {
  const count = Math.max(1, Math.ceil(bytes.length / LEAF_BYTES))
  const padded = new Uint8Array(LEAF_BYTES)
  HASHER.memory.set(padded)
  HASHER.hash(1, LEAF_BYTES / 64, TAG.leaf)
  const empty = HASHER.memory.slice(0, HASH_BYTES)
  const leaves = new Uint8Array(count * HASH_BYTES)
  const batch = CHUNK_BYTES / LEAF_BYTES
  for (let at = 0; at < count; at += batch) {
    const some = Math.min(batch, count - at)
    const part = bytes.subarray(at * LEAF_BYTES, (at + some) * LEAF_BYTES)
    HASHER.memory.set(part)
    HASHER.memory.fill(0, part.length, some * LEAF_BYTES)
    HASHER.hash(some, LEAF_BYTES / 64, TAG.leaf)
    leaves.set(HASHER.memory.subarray(0, some * HASH_BYTES), at * HASH_BYTES)
  }
  return treeOver(leaves, empty, depth)
}

/** The tree over the digests of a trace's entries, which are its leaves as they are (specs/exact-inference.md, "Trace"). */
export function digestTree(digests: readonly Uint8Array[]): MerkleTree {
  return treeOver(joined(digests), new Uint8Array(HASH_BYTES), 0)
}

/** A tree, or part of one, over nodes of one level; `padding` stands at their level where there is nothing beneath. */
export function nodeTree(nodes: readonly Uint8Array[], padding: Uint8Array, depth: number): MerkleTree {
  return treeOver(joined(nodes), padding, depth)
}

function joined(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * HASH_BYTES)
  hashes.forEach((hash, i) => {
    bytes.set(hash, i * HASH_BYTES)
  })
  return bytes
}

function treeOver(leaves: Uint8Array, emptyLeaf: Uint8Array, least: number): MerkleTree {
  const join = (pairs: Uint8Array) => {
    HASHER.memory.set(pairs)
    HASHER.hash(pairs.length / 64, 1, TAG.node)
    return HASHER.memory.slice(0, pairs.length / 2)
  }
  const count = leaves.length / HASH_BYTES
  const depth = Math.max(least, count <= 1 ? 0 : 32 - Math.clz32(count - 1))
  const levels = [leaves]
  const empty = [emptyLeaf]
  for (let level = 0; level < depth; level++) {
    const below = levels[level] ?? leaves
    const filler = empty[level] ?? emptyLeaf
    const above = new Uint8Array(Math.ceil(below.length / 64) * HASH_BYTES)
    for (let at = 0; at < below.length; at += CHUNK_BYTES) {
      const part = below.subarray(at, at + CHUNK_BYTES)
      above.set(join(part.length % 64 === 0 ? part : Uint8Array.from([...part, ...filler])), at / 2)
    }
    levels.push(above)
    empty.push(join(Uint8Array.from([...filler, ...filler])))
  }
  const node = (level: number, index: number): Uint8Array => {
    const own = levels[level]?.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
    return own?.length === HASH_BYTES ? own : (empty[level] ?? emptyLeaf)
  }
  return {
    depth,
    leaves: count,
    root: node(depth, 0),
    node,
    path: (level, index, to = depth) =>
      Array.from({ length: to - level }, (_, i) => node(level + i, Math.floor(index / 2 ** i) ^ 1)),
    row(level, index, down) {
      const first = index * 2 ** down
      const filled = (levels[level - down]?.length ?? 0) / HASH_BYTES
      const some = Math.max(0, Math.min(2 ** down, filled - first))
      return Array.from({ length: some }, (_, i) => node(level - down, first + i))
    },
  }
}
