import type { Hex, Receipt, Tensor } from '@stoa/protocol'
import type { ChallengerMove, Shown } from './challengerMove.ts'
import type { Game } from './game.ts'
import type { Case, Question } from './openCase.ts'
import { partsOf } from './parts.ts'
import { responseProof } from './responseProof.ts'
import type { SellerMove } from './sellerMove.ts'
import { sellerPath } from './sellerTree.ts'
import { concatHex, encodeStage, type Stage } from './stage.ts'

/**
 * A move as the contract takes it: its function's name, and its arguments after game and state. What the arbiter hands on unread, evidence and proofs about steps, is
 * not encoded yet: whoever sends it does that. Can be handed from thread to thread.
 */
export type Call = {
  readonly move: SellerMove['move'] | Exclude<ChallengerMove['move'], 'concede'> | 'enter' | 'proveStep'
  readonly args: readonly unknown[]
}

/** A seller's move as the contract takes it. */
export function sellerCall(move: SellerMove): Call {
  switch (move.move) {
    case 'commit':
      return { move: 'commit', args: [move.entries, move.nodes] }
    case 'expand':
      return { move: 'expand', args: [move.nodes] }
    case 'open':
      return { move: 'open', args: [move.header, move.nodes, move.data] }
    case 'reveal':
      return { move: 'reveal', args: [move.data] }
    case 'fold':
      return { move: 'fold', args: [move.folds, move.states] }
  }
}

/** What a challenger holds against a seller. */
export type Complaint = {
  readonly receipt: Receipt
  /** The seller's, 64 bytes. */
  readonly signature: Hex
  /** Of a composed answer: the stage that the game is about. */
  readonly stage?: Stage
  /** What the seller answered, or claims of the stage. */
  readonly response: readonly Tensor[]
  /** Entries that are the graph's outputs, in their order. */
  readonly outputs: readonly number[]
}

/** A challenger's move as the contract takes it, with all that it has to bring along; undefined for conceding, which is silence. */
export async function challengerCall(
  own: Case,
  { receipt, signature: sellers, stage, response, outputs }: Complaint,
  game: Game,
  shown: Shown,
  move: ChallengerMove,
): Promise<Call | undefined> {
  const signature = stage ? concatHex(sellers, encodeStage(stage)) : sellers
  const path = (entry: number) => sellerPath(entry, own.run.tree, shown.rows)
  const exhibit = async (question: Question) => ({
    ...{ receipt, signature },
    ...(await own.exhibit(game.entry, question, path)),
  })
  switch (move.move) {
    case 'descend':
      return { move: 'descend', args: [move.index, move.node, move.path] }
    case 'dispute': {
      const question: Question = { ask: 'chunks', element: Number(move.element) }
      return { move: 'dispute', args: [await exhibit(question), move.element] }
    }
    case 'narrow':
      return { move: 'narrow', args: [move.folds, move.part] }
    case 'proveCount':
      return { move: 'proveCount', args: [receipt, signature, own.model] }
    case 'proveHeader':
      return { move: 'proveHeader', args: [await exhibit({ ask: 'shape' })] }
    case 'proveElement': {
      const folded = move.folds.map(({ last }) => last)
      const element = Number(move.element)
      return {
        move: 'proveElement',
        args: [await exhibit({ ask: 'element', element, folded }), move.element, move.leaf, move.folds],
      }
    }
    case 'proveChunk': {
      const { fold, chunk } = chunkOf(move)
      const [element, before] = [Number(game.element), move.part.before]
      return {
        move: 'proveChunk',
        args: [await exhibit({ ask: 'chunk', element, fold, chunk, before }), move.folds, move.part],
      }
    }
    case 'proveResponse': {
      const loaded = await own.run.load(outputs)
      const entries = outputs.flatMap((entry) => {
        const data = loaded.get(entry)
        return data ? [{ data, path: path(entry) }] : []
      })
      const proof = responseProof(response, entries)
      return proof && { move: 'proveResponse', args: [receipt, signature, own.model, proof] }
    }
    case 'concede':
      return undefined
  }
}

/** Which chunk of which fold a part of one chunk is. */
function chunkOf({ folds, part }: Extract<ChallengerMove, { move: 'proveChunk' }>): { fold: number; chunk: number } {
  const claim = folds[Number(part.claim)]
  const first = claim && partsOf(claim, folds.length).parts[Number(part.part)]?.first
  if (!claim || first === undefined) throw new RangeError('there is no such part')
  return { fold: claim.fold, chunk: first }
}
