import { bytesToHex, type Hex, type Receipt } from '@stoa/protocol'
import { type Call, challengerCall } from '../../dispute/callOf.ts'
import { type ChallengerMove, challengerMove, type Shown } from '../../dispute/challengerMove.ts'
import type { Game } from '../../dispute/game.ts'
import type { Case } from '../../dispute/openCase.ts'
import { sellerPath } from '../../dispute/sellerTree.ts'
import type { PageOpening } from './pageEvidence.ts'
import type { PageMove } from './pageMove.ts'
import { outputProof } from './pageProof.ts'

/** What a challenger holds against a seller. */
export type PageComplaint = {
  readonly receipt: Receipt
  /** The seller's, and behind it the three words of the stage that the game is about now, as the event `Staged` last showed it. */
  readonly signature: Hex
}

/** A move in a game about a page's steps as the contract takes it; undefined for conceding, which is silence. */
export function pageCall(move: PageMove, { receipt, signature }: PageComplaint): Call | undefined {
  switch (move.move) {
    case 'descend':
      return { move: 'descend', args: [move.index, move.node, move.path] }
    case 'enter':
      return { move: 'enter', args: [receipt, signature, BigInt(move.place), move.run] }
    case 'proveStep':
      return { move: 'proveStep', args: [receipt, signature, move.proof] }
    case 'concede':
      return undefined
  }
}

/**
 * What a challenger does once it has named a graph's run, as the contract takes it. Of what the steps were said to have got from the graph only digests are
 * known, so if the seller's own trace of the graph is right, its outputs are shown instead.
 *
 * @param outputs entries that are the graph's outputs, in their order.
 */
export async function runCall(
  own: Case,
  { receipt, signature }: PageComplaint,
  outputs: readonly number[],
  { game, shown }: { readonly game: Game; readonly shown: Shown },
): Promise<Call | undefined> {
  const move: ChallengerMove | undefined = await challengerMove({ ...own, answeredRight: false }, game, shown)
  if (!move) return undefined
  if (move.move !== 'proveResponse')
    return challengerCall(own, { receipt, signature, response: [], outputs }, game, shown, move)
  const loaded = await own.run.load(outputs)
  const tensors = outputs.flatMap((entry): PageOpening[] => {
    const data = loaded.get(entry)
    if (!data) return []
    const path = sellerPath(entry, own.run.tree, shown.rows).map(bytesToHex)
    const nothing = { first: 0, data: '0x', siblings: [] } as const
    return [{ header: bytesToHex(data.header), dataRoot: bytesToHex(data.tree.root), path, ...nothing }]
  })
  return { move: 'proveStep', args: [receipt, signature, outputProof(own.model, tensors)] }
}
