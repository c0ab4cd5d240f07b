import { type Hex, hexToBytes, type MerkleTree, nodeTree } from '@stoa/protocol'
import { type Game, PHASES } from './game.ts'

/** A row that the seller posted, with the game as it was then: the row lies `state.row` levels beneath `state.node`. */
export type PostedRow = { readonly state: Game; readonly nodes: readonly Hex[] }

/** The nodes from a posted row up to the node that it hangs beneath. */
export function postedTree({ state, nodes }: PostedRow, own: MerkleTree): MerkleTree {
  const padding = own.node(state.below - state.row, 2 ** 52)
  return nodeTree(
    nodes.map((node) => hexToBytes(node, 32)),
    padding,
    state.row,
  )
}

/** Where a row differs from one's own tree first, by number in its level; undefined where it doesn't. */
export function firstDifference(row: PostedRow, own: MerkleTree): number | undefined {
  const level = row.state.below - row.state.row
  const first = Number(row.state.index) * 2 ** row.state.row
  const at = row.nodes.findIndex((node, i) => !sameBytes(hexToBytes(node, 32), own.node(level, first + i)))
  return at < 0 ? undefined : first + at
}

/**
 * Siblings of an entry's digest in the seller's tree. Of that tree the challenger knows the rows that were posted; left of the first difference all is
 * as in its own. Rows of an entry's data are rows of another tree.
 */
export function sellerPath(entry: number, own: MerkleTree, rows: readonly PostedRow[]): Uint8Array[] {
  const inTrace = rows.filter(({ state }) => PHASES[state.phase] === 'pickInTrace')
  const parts = inTrace.map((row) => ({ row, tree: postedTree(row, own) }))
  return Array.from({ length: own.depth }, (_, level) => {
    const index = Math.floor(entry / 2 ** level) ^ 1
    for (const { row, tree } of parts) {
      const { below, row: down } = row.state
      const first = Number(row.state.index) * 2 ** (below - level)
      if (level < below - down || level > below || index < first || index >= first + 2 ** (below - level)) continue
      return tree.node(level - (below - down), index - first)
    }
    return own.node(level, index)
  })
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, i) => byte === b[i])
