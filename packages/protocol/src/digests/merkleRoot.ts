import { HASH_BYTES, openHasher } from './openHasher.ts'

/** Bytes in a leaf; the last one of a tree is filled up with zeros. */
export const LEAF_BYTES = 512

/** First byte of every preimage, so that no hash of one kind can pass for another (specs/digests.md). */
export const TAG = {
  leaf: 0x00,
  node: 0x01,
  tensor: 0x02,
  tensors: 0x03,
  file: 0x04,
  bundle: 0x05,
  trace: 0x06,
} as const

/** Subtrees of 2^7 leaves are hashed at once: enough that calls cost nothing, and in the memory nearest to the processor. */
const CHUNK_LEVELS = 7
/** Bytes of messages that are hashed at once, at most. */
export const CHUNK_BYTES = LEAF_BYTES << CHUNK_LEVELS

/** Of all trees of a thread. Its memory serves within one call; no call reads what another left there. */
export const HASHER = openHasher(CHUNK_BYTES)

/** Roots of trees of 2^0, 2^1, … zero leaves, one after another, up to the bytes that a number can count. */
const EMPTY_ROOTS = emptyRoots(53 - Math.log2(LEAF_BYTES))

/** Collects the root of the binary tree over 512-byte leaves, in any number of writes and memory of one chunk and one path. */
export type MerkleState = {
  write(bytes: Uint8Array): void
  root(): Uint8Array
}

export function merkleState(): MerkleState {
  const chunk = new Uint8Array(CHUNK_BYTES)
  let filled = 0
  const { push, finish } = chunkTree()
  return {
    write(bytes) {
      let at = 0
      while (at < bytes.length) {
        const part = bytes.subarray(at, at + CHUNK_BYTES - filled)
        at += part.length
        if (part.length === CHUNK_BYTES) {
          push(part)
          continue
        }
        chunk.set(part, filled)
        filled += part.length
        if (filled === CHUNK_BYTES) {
          push(chunk)
          filled = 0
        }
      }
    },
    root: () => finish(chunk.subarray(0, filled)),
  }
}

/** Root over `bytes` in 512-byte leaves, padded with zero leaves to a power of two; an empty input is one zero leaf. */
export function merkleRoot(bytes: Uint8Array): Uint8Array {
  const { push, finish } = chunkTree()
  let at = 0
  for (; at + CHUNK_BYTES <= bytes.length; at += CHUNK_BYTES) push(bytes.subarray(at, at + CHUNK_BYTES))
  return finish(bytes.subarray(at))
}

/** Hash of an inner node. */
export function joinHashes(left: Uint8Array, right: Uint8Array): Uint8Array {
  const { memory, hash } = HASHER
  memory.set(left)
  memory.set(right, HASH_BYTES)
  hash(1, 1, TAG.node)
  return memory.slice(0, HASH_BYTES)
}

/** A tree over whole chunks and what is left after the last: a root waits for its right-hand twin on a stack, one place a level. */
function chunkTree() {
  const waiting: (Uint8Array | undefined)[] = []
  const add = (root: Uint8Array, from: number) => {
    let [hash, level] = [root, from]
    for (let twin = waiting[level]; twin; twin = waiting[level]) {
      hash = joinHashes(twin, hash)
      waiting[level++] = undefined
    }
    waiting[level] = hash
  }
  const push = (chunk: Uint8Array) => add(rootOf(chunk, CHUNK_LEVELS), 0)
  const finish = (rest: Uint8Array): Uint8Array => {
    const leaves = leavesOf(rest)
    // As many levels as its leaves need.
    if (waiting.length === 0) return rootOf(rest, 32 - Math.clz32(leaves - 1))
    if (rest.length > 0) push(rest)
    for (let level = 0; level < waiting.length - 1; level++) {
      if (waiting[level]) add(emptyRoot(CHUNK_LEVELS + level), level)
    }
    return waiting.at(-1) ?? emptyRoot(0)
  }
  return { push, finish }
}

/** Root of a tree of 2^`levels` leaves of which `bytes`, a chunk at most, are the first. */
function rootOf(bytes: Uint8Array, levels: number): Uint8Array {
  const { memory, hash } = HASHER
  let count = leavesOf(bytes)
  memory.set(bytes)
  memory.fill(0, bytes.length, count * LEAF_BYTES)
  hash(count, LEAF_BYTES / 64, TAG.leaf)
  for (let level = 0; level < levels; level++) {
    if (count % 2 === 1) memory.set(emptyRoot(level), HASH_BYTES * count++)
    count /= 2
    hash(count, 1, TAG.node)
  }
  return memory.slice(0, HASH_BYTES)
}

function leavesOf(bytes: Uint8Array): number {
  return Math.max(1, Math.ceil(bytes.length / LEAF_BYTES))
}

function emptyRoot(level: number): Uint8Array {
  return EMPTY_ROOTS.subarray(HASH_BYTES * level, HASH_BYTES * (level + 1))
}

function emptyRoots(count: number): Uint8Array {
  const roots = new Uint8Array(HASH_BYTES * count)
  let root = rootOf(new Uint8Array(), 0)
  for (let level = 0; level < count; level++) {
    roots.set(root, HASH_BYTES * level)
    root = joinHashes(root, root)
  }
  return roots
}
