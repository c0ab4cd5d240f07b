import { bytesToHex, DTYPE_BYTES, type Hex, LEAF_BYTES, merkleTree } from '@stoa/protocol'
import { type Formula, type Reader, type Source, tensorReader } from '../formula/index.ts'
import { keeping } from '../keeping.ts'
import { joinPaths } from './joinPaths.ts'
import { KINDS } from './kinds.ts'
import { openLeaves } from './openLeaves.ts'
import type { Evidence, EvidenceSources, LeafOpening, TensorOpening } from './types.ts'

const NO_HASH: Hex = `0x${'00'.repeat(32)}`

/** What was computed, and what a contract must be shown to compute the same. */
export type Gathered<T> = { readonly result: T; readonly evidence: Evidence }

/**
 * Computes something of a formula and gathers the evidence that a contract needs for the same (specs/formulas.md, "Evidence"): every leaf that was read, and the
 * header of every tensor whose lengths mattered.
 *
 * @param compute a function of specs/formulas.md on the reader that it is given: `elementOf`, `chunkState`, `shapeOf`, `foldsOf`.
 */
export function gatherEvidence<T>(
  formula: Formula,
  sources: EvidenceSources,
  compute: (reader: Reader) => T,
): Gathered<T> {
  const constant = keeping(sources.constant)
  const tensors = tensorReader({
    entry: (index) => sources.entry(index).tensor,
    input: (index) => sources.input(index).tensor,
    constant,
  })
  const reads = new Map<string, Read>()
  const note = (source: Source): Set<number> => {
    const index = source.op === 'constant' ? (formula.places.get(source) ?? 0) : source.index
    const key = `${source.op} ${index}`
    const read = reads.get(key) ?? { source, index, elements: new Set<number>() }
    reads.set(key, read)
    return read.elements
  }
  const result = compute({
    dims(source) {
      note(source)
      return tensors.dims(source)
    },
    read(source, index) {
      note(source).add(index)
      return tensors.read(source, index)
    },
  })
  const opened = [...reads.values()].map((read, i) => open(read, i, { ...sources, constant }))
  return {
    result,
    evidence: {
      tensors: joinPaths(opened.map(({ tensor }) => tensor)),
      leaves: opened.flatMap(({ leaves }) => leaves),
    },
  }
}

/** A tensor that was read: which one, by the number of its entry or input or by its place in the formula, and which of its elements. */
type Read = { readonly source: Source; readonly index: number; readonly elements: Set<number> }

function open({ source, index, elements }: Read, place: number, sources: EvidenceSources): Opened {
  const kind = KINDS[source.op]
  if (source.op === 'constant') {
    const data = sources.constant(source.root)
    return {
      tensor: { kind, index, header: '0x', dataRoot: NO_HASH, path: [] },
      leaves: openLeaves(place, { data, tree: merkleTree(data) }, leavesOf(elements, DTYPE_BYTES[source.type])),
    }
  }
  const { tensor, header, tree } = source.op === 'entry' ? sources.entry(index) : sources.input(index)
  const path = source.op === 'entry' ? sources.path(index).map(bytesToHex) : []
  return {
    tensor: { kind, index, header: bytesToHex(header), dataRoot: bytesToHex(tree.root), path },
    leaves: openLeaves(place, { data: tensor.data, tree }, leavesOf(elements, DTYPE_BYTES[tensor.dtype])),
  }
}

type Opened = { readonly tensor: TensorOpening; readonly leaves: readonly LeafOpening[] }

const leavesOf = (elements: ReadonlySet<number>, width: number): number[] =>
  [...elements].map((element) => Math.floor((element * width) / LEAF_BYTES))
