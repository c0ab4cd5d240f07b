import { sha256 } from '#sha256'
import { merkleRoot, TAG } from '../digests/merkleRoot.ts'
import { bytesToHex, type Hex } from '../hex.ts'
import { encodeHeader } from './encodeTensors.ts'
import { assertTensor, type Tensor } from './tensor.ts'

/** Digest of one tensor: its header and the Merkle root over its data (specs/digests.md). */
export function tensorDigest(tensor: Tensor): Uint8Array {
  assertTensor(tensor)
  return tensorDigestOf(tensor, merkleRoot(tensor.data))
}

/** The same for a tensor too large to hold: `root` is the Merkle root over its data, which a `merkleState` has collected. */
export function tensorDigestOf(header: Omit<Tensor, 'data'>, root: Uint8Array): Uint8Array {
  return sha256(new Uint8Array([TAG.tensor]), encodeHeader(header), root)
}

/** Digest of a request or a response: its tensors in their order. */
export function tensorsDigest(tensors: readonly Tensor[]): Hex {
  const head = new Uint8Array([TAG.tensors, 1, tensors.length >> 8, tensors.length & 255])
  return bytesToHex(sha256(head, ...tensors.map(tensorDigest)))
}
