import { sha256 } from '#sha256'

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

/**
 * Collects the root of the binary tree over 512-byte leaves, in any number of writes and memory of one path: a hash waits for
 * its right-hand twin on a stack, one place a level.
 */
export type MerkleState = {
  write(bytes: Uint8Array): void
  root(): Uint8Array
}

export function merkleState(): MerkleState {
  const leaf = new Uint8Array(1 + LEAF_BYTES)
  const pair = new Uint8Array(65)
  leaf[0] = TAG.leaf
  pair[0] = TAG.node
  let filled = 0
  let leaves = 0
  const waiting: (Uint8Array | undefined)[] = []

  const join = (left: Uint8Array, right: Uint8Array) => {
    pair.set(left, 1)
    pair.set(right, 33)
    return sha256(pair)
  }
  const push = (hash: Uint8Array) => {
    let level = 0
    let twin = waiting[level]
    while (twin) {
      hash = join(twin, hash)
      waiting[level++] = undefined
      twin = waiting[level]
    }
    waiting[level] = hash
    leaves++
  }

  return {
    write(bytes) {
      let at = 0
      while (at < bytes.length) {
        const take = Math.min(LEAF_BYTES - filled, bytes.length - at)
        leaf.set(bytes.subarray(at, at + take), 1 + filled)
        filled += take
        at += take
        if (filled === LEAF_BYTES) {
          push(sha256(leaf))
          filled = 0
        }
      }
    },
    root() {
      if (filled > 0 || leaves === 0) {
        leaf.fill(0, 1 + filled)
        push(sha256(leaf))
        filled = 0
      }
      // Missing right-hand subtrees are trees of zero leaves: the count of leaves is a power of two in effect.
      let empty = sha256(new Uint8Array(1 + LEAF_BYTES))
      let hash: Uint8Array | undefined
      for (let level = 0; level < waiting.length; level++) {
        const twin = waiting[level]
        if (twin && level === waiting.length - 1 && !hash) return twin
        if (twin) hash = join(twin, hash ?? empty)
        else if (hash) hash = join(hash, empty)
        empty = join(empty, empty)
      }
      return hash ?? empty
    },
  }
}

/** Root over `bytes` in 512-byte leaves, padded with zero leaves to a power of two; an empty input is one zero leaf. */
export function merkleRoot(bytes: Uint8Array): Uint8Array {
  const state = merkleState()
  state.write(bytes)
  return state.root()
}
