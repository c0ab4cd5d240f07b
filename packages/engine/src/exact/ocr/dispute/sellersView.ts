import { type Hex, hexToBytes, LEAF_BYTES, type MerkleTree, merkleTree, nodeTree } from '@stoa/protocol'
import { type Game, PHASES } from '../../dispute/game.ts'
import { type PostedRow, postedTree } from '../../dispute/sellerTree.ts'
import type { CommittedData } from '../../evidence/index.ts'

const NO_ENTRY = new Uint8Array(32)

/** The nodes from a posted row of the trace up to the node that it hangs beneath, however deep the seller's tree is. */
export function postedEntries({ state, nodes }: PostedRow): MerkleTree {
  const padding = nodeTree([NO_ENTRY], NO_ENTRY, state.below - state.row).root
  return nodeTree(
    nodes.map((node) => hexToBytes(node, 32)),
    padding,
    state.row,
  )
}

/** Rows of the trace; the others are rows of an entry's data. */
export const traceRows = (rows: readonly PostedRow[]): readonly PostedRow[] =>
  rows.filter(({ state }) => PHASES[state.phase] === 'pickInTrace')

/** The last row of the trace, if it shows entries and not nodes above them. */
export function postedDigests(rows: readonly PostedRow[]): PostedRow | undefined {
  const last = traceRows(rows).at(-1)
  return last && last.state.below === last.state.row ? last : undefined
}

/**
 * Siblings of an entry's digest in the seller's trace, from the leaf upwards: as rows were posted, and where none was, as in one's own, which is the same left
 * of the first difference.
 */
export function tracePath(entry: number, own: MerkleTree, rows: readonly PostedRow[]): Uint8Array[] {
  const trees = rows.map((row) => ({ state: row.state, tree: postedEntries(row) }))
  const depth = rows[0]?.state.below ?? own.depth
  return Array.from({ length: depth }, (_, level) => {
    const index = Math.floor(entry / 2 ** level) ^ 1
    return nodeIn(trees, level, index) ?? own.node(level, index)
  })
}

/**
 * The entry that the game has come to as the seller has it, so far as it was shown and one's own is the same: its header, the leaves that were revealed, and a
 * tree of which every node is right that stands on a path from those leaves, or from leaves left of them.
 */
export function sellersEntry(own: CommittedData, game: Game, shown: SellersData): CommittedData | undefined {
  const { opened, rows, data } = shown
  if (!opened) return undefined
  const posted = rows.filter(({ state }) => PHASES[state.phase] === 'pickInTensor')
  const trees = posted.map((row) => ({ state: row.state, tree: postedTree(row, own.tree) }))
  const isRevealed = PHASES[game.phase] === 'examine'
  const bytes = isRevealed ? hexToBytes(data) : new Uint8Array()
  const revealed = merkleTree(bytes, game.below)
  const first = Number(game.index) * 2 ** game.below
  const merged = own.tensor.data.slice()
  merged.set(bytes.subarray(0, Math.max(0, merged.length - first * LEAF_BYTES)), first * LEAF_BYTES)
  const node = (level: number, index: number): Uint8Array => {
    const at = index - first / 2 ** level
    if (isRevealed && level <= game.below && at >= 0 && at < 2 ** (game.below - level)) return revealed.node(level, at)
    return nodeIn(trees, level, index) ?? own.tree.node(level, index)
  }
  const { depth } = own.tree
  const path = (level: number, index: number, to = depth) =>
    Array.from({ length: to - level }, (_, i) => node(level + i, Math.floor(index / 2 ** i) ^ 1))
  return {
    tensor: { ...own.tensor, data: merged },
    header: hexToBytes(opened.header),
    tree: { ...own.tree, root: hexToBytes(opened.dataRoot, 32), node, path },
  }
}

export type SellersData = {
  readonly opened?: { readonly header: Hex; readonly dataRoot: Hex } | undefined
  readonly rows: readonly PostedRow[]
  readonly data: Hex
}

type Posted = { readonly state: Game; readonly tree: MerkleTree }

/** A node that a posted row has, or that stands above nodes of one. */
function nodeIn(trees: readonly Posted[], level: number, index: number): Uint8Array | undefined {
  for (const { state, tree } of trees) {
    const lowest = state.below - state.row
    const first = Number(state.index) * 2 ** (state.below - level)
    if (level < lowest || level > state.below || index < first || index >= first + 2 ** (state.below - level)) continue
    return tree.node(level - lowest, index - first)
  }
  return undefined
}
