import { bytesToHex, DTYPE_BYTES, type Hex, hexToBytes, LEAF_BYTES, type MerkleTree } from '@stoa/protocol'
import type { CommittedData, LeafOpening } from '../../evidence/index.ts'
import { openLeaves } from '../../evidence/openLeaves.ts'
import { type PageEntryKind, pageEntryIndex, piecesOf } from '../trace/pageLayout.ts'

/** What a contract is shown to compute a step of a page's reading, as it takes it (contracts/src/types/Page.sol has the meaning of each member). */
export type PageEvidence = {
  readonly place: number
  readonly state: Hex
  readonly keys: KeysOpening
  readonly tensors: readonly PageOpening[]
}

export type PageOpening = {
  readonly header: Hex
  readonly dataRoot: Hex
  readonly path: readonly Hex[]
  readonly first: number
  readonly data: Hex
  readonly siblings: readonly Hex[]
}

export type KeysOpening = {
  readonly files: readonly Hex[]
  readonly place: bigint
  readonly size: bigint
  readonly root: Hex
  readonly first: number
  readonly data: Hex
  readonly siblings: readonly Hex[]
}

/** Where evidence comes from. */
export type PageSources = {
  /** Number of entries of the trace. */
  readonly entries: number
  /** A tensor of the trace, as the one who committed to it has it. */
  readonly entry: (index: number) => CommittedData
  /** The same as it is shown, where that is not what it should be: of the entry in dispute. */
  readonly shown?: (index: number) => CommittedData | undefined
  /** Siblings of an entry's digest in the trace's tree, from the leaf upwards. */
  readonly path: (entry: number) => readonly Uint8Array[]
  readonly keys: KeysFile
}

/** "keys.txt" in its bundle. */
export type KeysFile = {
  readonly data: Uint8Array
  readonly tree: MerkleTree
  /** Digests of the bundle's files, and which of them it is. */
  readonly files: readonly Hex[]
  readonly place: number
}

const NO_HASH: Hex = `0x${'00'.repeat(32)}`
const NOTHING = { first: 0, data: '0x', siblings: [] } as const

/** An entry of a kind, and which of its elements are read: from the first to the one behind the last; all, or none where left out. */
export type Read = {
  readonly kind: PageEntryKind
  readonly piece?: number
  readonly elements?: readonly [number, number] | 'all'
  /** Which of the entries that are read has its path in common with this one's, where this one's may end. */
  readonly beside?: number
}

/** Opens entries that a step reads, in its order. */
export function openEntries(sources: PageSources, reads: readonly Read[]): readonly PageOpening[] {
  const entries = reads.map(({ kind, piece }) => pageEntryIndex(kind, piecesOf(sources.entries) ?? 0, piece))
  return reads.map((read, i) => {
    const opening = openNumbered(sources, entries[i] ?? 0, read.elements)
    const path = opening.path.slice(0, levelsOf(reads, entries, i))
    return { ...opening, path, data: read.kind === 'odds' ? raised(opening.data) : opening.data }
  })
}

/** Up to how many levels an opening's path goes: where it would meet that of the entry that it is read beside, it ends, if that one's path goes on from there. */
function levelsOf(reads: readonly Read[], entries: readonly number[], place: number): number {
  const beside = reads[place]?.beside
  if (beside === undefined) return Number.POSITIVE_INFINITY
  const met = 31 - Math.clz32((entries[place] ?? 0) ^ (entries[beside] ?? 0))
  return met < levelsOf(reads, entries, beside) ? met : Number.POSITIVE_INFINITY
}

/** The highest bit of every byte turned: most of a map's values are −128, and a byte of calldata that is 0 costs a quarter. */
const raised = (data: Hex): Hex => bytesToHex(hexToBytes(data).map((byte) => byte ^ 0x80))

/** Opens an entry by its number. */
export function openNumbered(sources: PageSources, index: number, elements?: Read['elements']): PageOpening {
  const { tensor, header, tree } = sources.shown?.(index) ?? sources.entry(index)
  const width = DTYPE_BYTES[tensor.dtype]
  const [from, to] = elements === 'all' ? [0, tensor.data.length / width] : (elements ?? [0, 0])
  const { first, data, siblings } = openRange({ data: tensor.data, tree }, from * width, to * width)
  return {
    header: bytesToHex(header),
    dataRoot: bytesToHex(tree.root),
    path: sources.path(index).map(bytesToHex),
    ...{ first, data, siblings },
  }
}

/** Opens "keys.txt" from one byte to the one before another; without leaves where no bytes are needed; nothing at all where left out. */
export function openKeys(keys?: KeysFile, from = 0, to = 0): KeysOpening {
  if (!keys) return { files: [], place: 0n, size: 0n, root: NO_HASH, ...NOTHING }
  const { first, data, siblings } = openRange(keys, from, to)
  return {
    ...{ files: keys.files, place: BigInt(keys.place), size: BigInt(keys.data.length) },
    ...{ root: bytesToHex(keys.tree.root), first, data, siblings },
  }
}

type Data = { readonly data: Uint8Array; readonly tree: MerkleTree }
type Range = Pick<LeafOpening, 'first' | 'data' | 'siblings'>

/** The leaves that hold the bytes from `from` to before `to`. */
function openRange(source: Data, from: number, to: number): Range {
  if (from >= to) return NOTHING
  const first = Math.floor(from / LEAF_BYTES)
  const leaves = Array.from({ length: Math.floor((to - 1) / LEAF_BYTES) - first + 1 }, (_, i) => first + i)
  return openLeaves(0, source, leaves)[0] ?? NOTHING
}
