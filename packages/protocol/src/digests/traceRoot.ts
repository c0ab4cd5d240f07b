import { sha256 } from '#sha256'
import { bytesToHex, type Hex } from '../hex.ts'
import { TAG } from './merkleRoot.ts'
import { digestTree } from './merkleTree.ts'

/**
 * What a run of an exact graph commits to: the root of the tree whose leaves are the digests of its carried tensors, 32 bytes each, in
 * file order (specs/exact-inference.md, "Trace"). The digests are leaves as they are: they are tagged already.
 */
export function traceRoot(digests: readonly Uint8Array[]): Hex {
  const head = new Uint8Array(6)
  head[0] = TAG.trace
  head[1] = 1
  new DataView(head.buffer).setUint32(2, digests.length)
  return bytesToHex(sha256(head, digestTree(digests).root))
}
