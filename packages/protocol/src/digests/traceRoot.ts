import { sha256 } from '#sha256'
import { bytesToHex, type Hex } from '../hex.ts'
import { joinHashes, TAG } from './merkleRoot.ts'

/**
 * What a run of an exact graph commits to: the root of the tree whose leaves are the digests of its carried tensors, 32 bytes each, in
 * file order (specs/exact-inference.md, "Trace"). The digests are leaves as they are: they are tagged already.
 */
export function traceRoot(digests: readonly Uint8Array[]): Hex {
  let level: Uint8Array[] = digests.length === 0 ? [EMPTY] : [...digests]
  // A level of odd length lacks right-hand subtrees of zero leaves only: one stands for all of them.
  let empty: Uint8Array = EMPTY
  while (level.length > 1) {
    const above: Uint8Array[] = []
    for (let i = 0; i < level.length; i += 2) above.push(joinHashes(level[i] ?? empty, level[i + 1] ?? empty))
    level = above
    empty = joinHashes(empty, empty)
  }
  const head = new Uint8Array(6)
  head[0] = TAG.trace
  head[1] = 1
  new DataView(head.buffer).setUint32(2, digests.length)
  return bytesToHex(sha256(head, level[0] ?? empty))
}

const EMPTY = new Uint8Array(32)
