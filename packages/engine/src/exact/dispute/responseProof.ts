import { bytesToHex, DTYPE_BYTES, type Hex, LEAF_BYTES, type Tensor, tensorDigest } from '@stoa/protocol'
import { type CommittedData, committed } from '../evidence/index.ts'
import { graphDims } from '../trace/index.ts'
import type { LeafProof } from './game.ts'

/** A tensor of the response beside the entry that it should be, as the contract takes it (contracts/src/types/Dispute.sol, `ResponseProof`). */
export type ResponseProof = {
  readonly response: readonly Hex[]
  readonly output: bigint
  readonly header: Hex
  readonly dataRoot: Hex
  readonly leaf: LeafProof
  readonly entryHeader: Hex
  readonly entryRoot: Hex
  readonly entryPath: readonly Hex[]
  readonly entryLeaf: LeafProof
  readonly element: bigint
}

/**
 * Shows where a response differs from the run that it should be of: in how many tensors there are, in a type or a shape, or in an element. Undefined
 * where it doesn't; names of tensors say nothing.
 *
 * @param entries The entries that are the graph's outputs, in their order, with their siblings in the trace's tree.
 */
export function responseProof(
  response: readonly Tensor[],
  entries: readonly { readonly data: CommittedData; readonly path: readonly Uint8Array[] }[],
): ResponseProof | undefined {
  const digests = response.map((tensor) => bytesToHex(tensorDigest(tensor)))
  for (const [output, { data, path }] of entries.entries()) {
    const theirs = committed(response[output] ?? NO_TENSOR)
    const place = response.length === entries.length ? firstDifference(theirs.tensor, data.tensor) : NOWHERE
    if (!place) continue
    return {
      ...{ response: digests, output: BigInt(output), element: BigInt(place.stored) },
      ...{ header: bytesToHex(theirs.header), dataRoot: bytesToHex(theirs.tree.root) },
      leaf: leafAt(theirs, place.graph),
      ...{ entryHeader: bytesToHex(data.header), entryRoot: bytesToHex(data.tree.root) },
      entryPath: path.map(bytesToHex),
      entryLeaf: leafAt(data, place.stored),
    }
  }
  return undefined
}

/** An element's number in the entry's order and in the graph's. */
type Place = { readonly stored: number; readonly graph: number }

/** Stands for tensors that differ as a whole. */
const NOWHERE: Place = { stored: 0, graph: 0 }
const NO_TENSOR: Tensor = { name: 'none', dtype: 'u8', dims: [0], data: new Uint8Array() }

function firstDifference(theirs: Tensor, entry: Tensor): Place | undefined {
  const dims = graphDims(entry.dims)
  if (theirs.dtype !== entry.dtype || theirs.dims.join() !== dims.join()) return NOWHERE
  const width = DTYPE_BYTES[entry.dtype]
  for (let stored = 0; stored * width < entry.data.length; stored++) {
    const graph = inGraphOrder(dims, stored)
    for (let byte = 0; byte < width; byte++)
      if (theirs.data[graph * width + byte] !== entry.data[stored * width + byte]) return { stored, graph }
  }
  return undefined
}

/** An element's number in the graph's order: with rank 4 from image, pixel, channel to image, channel, pixel. */
function inGraphOrder(dims: readonly number[], element: number): number {
  if (dims.length !== 4) return element
  const [, channels = 0, height = 0, width = 0] = dims
  const pixels = height * width
  const [image, within] = [Math.floor(element / (channels * pixels)), element % (channels * pixels)]
  return (image * channels + (within % channels)) * pixels + Math.floor(within / channels)
}

function leafAt({ tensor, tree }: CommittedData, element: number): LeafProof {
  const leaf = Math.floor((element * DTYPE_BYTES[tensor.dtype]) / LEAF_BYTES)
  const data = new Uint8Array(LEAF_BYTES)
  data.set(tensor.data.subarray(leaf * LEAF_BYTES, (leaf + 1) * LEAF_BYTES))
  return { data: bytesToHex(data), path: tree.path(0, leaf).map(bytesToHex) }
}
