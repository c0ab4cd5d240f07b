import { bytesToHex, digestTree, type MerkleTree } from '@stoa/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Game, PHASES } from './game.ts'
import { traceStep } from './rows.ts'
import { firstDifference, type PostedRow, sellerPath } from './sellerTree.ts'

const NO_FOLDS = `0x${'00'.repeat(32)}` as const

const digest = (n: number) => new Uint8Array(32).fill(n & 255, 0, 16).fill(n >> 8, 16)

/** The rows that a seller posts on the way to its first entry that is not one's own, as events show them. */
function rowsTo(theirs: MerkleTree, own: MerkleTree): PostedRow[] {
  const rows: PostedRow[] = []
  for (let [below, index] = [theirs.depth, 0]; below > 0; ) {
    const row = traceStep(below, NO_FOLDS)
    const nodes = theirs.row(below, index, row).map((node) => bytesToHex(node))
    const state = { below, row, index: BigInt(index), phase: PHASES.indexOf('pickInTrace') } as Game
    rows.push({ state, nodes })
    index = firstDifference({ state, nodes }, own) ?? 0
    below -= row
  }
  return rows
}

test('paths of entries before the lie are those of the seller’s tree, whatever rows of data follow', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 700 }), fc.nat(), fc.nat(), (count, where, before) => {
      const lie = 1 + (where % (count - 1))
      const own = digestTree(Array.from({ length: count }, (_, i) => digest(i)))
      const theirs = digestTree(Array.from({ length: count }, (_, i) => digest(i >= lie ? i + 1000 : i)))
      const data = { below: 9, row: 5, index: 0n, phase: PHASES.indexOf('pickInTensor') } as Game
      const nodes = Array.from({ length: 32 }, (_, i) => bytesToHex(digest(5000 + i)))
      const rows = [...rowsTo(theirs, own), { state: data, nodes }]
      const entry = before % lie
      expect(sellerPath(entry, own, rows)).toEqual(theirs.path(0, entry))
    }),
  )
})
