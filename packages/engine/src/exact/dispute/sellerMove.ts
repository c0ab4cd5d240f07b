import { bytesToHex, type Hex, LEAF_BYTES } from '@stoa/protocol'
import { type FoldClaim, type Game, PHASES } from './game.ts'
import { type Commitment, entryOf } from './ownRun.ts'
import { encodeState, partsOf, type Run } from './parts.ts'
import { dataStep, traceStep } from './rows.ts'

/** A move of the seller's, as the contract takes it after game and state. Only what was committed to is ever shown. */
export type SellerMove =
  | { readonly move: 'commit'; readonly entries: number; readonly nodes: readonly Hex[] }
  | { readonly move: 'expand'; readonly nodes: readonly Hex[] }
  | { readonly move: 'open'; readonly header: Hex; readonly nodes: readonly Hex[]; readonly data: Hex }
  | { readonly move: 'reveal'; readonly data: Hex }
  | { readonly move: 'fold'; readonly folds: readonly FoldClaim[]; readonly states: Hex }

/** States of one element's fold after each of these chunks, from the state before the first of them. */
export type FoldStates = (
  place: { readonly entry: number; readonly element: number; readonly fold: number },
  run: Run,
  before: bigint | undefined,
) => Promise<readonly bigint[]>

/**
 * What a seller answers (specs/dispute.md, "Moves"); undefined where it is not its turn.
 *
 * @param folds What the last event said of the element's folds; empty before there is one.
 */
export async function sellerMove(
  run: Commitment,
  game: Game,
  folds: readonly FoldClaim[],
  foldStates: FoldStates,
): Promise<SellerMove | undefined> {
  const { tree } = run
  const [below, index] = [game.below, Number(game.index)]
  switch (PHASES[game.phase]) {
    case 'commit':
      return {
        move: 'commit',
        entries: run.entries.length,
        nodes: hexes(tree.row(tree.depth, 0, traceStep(tree.depth, game.folds))),
      }
    case 'expandInTrace':
      return { move: 'expand', nodes: hexes(tree.row(below, index, traceStep(below, game.folds))) }
    case 'open':
      return opening(run, game.entry)
    case 'expandInTensor':
      return { move: 'expand', nodes: hexes((await entryOf(run, game.entry)).tree.row(below, index, dataStep(below))) }
    case 'reveal': {
      const { tensor } = await entryOf(run, game.entry)
      const from = index * 2 ** below * LEAF_BYTES
      return { move: 'reveal', data: bytesToHex(tensor.data.subarray(from, from + 2 ** below * LEAF_BYTES)) }
    }
    case 'fold':
    case 'refold':
      return { move: 'fold', folds, states: await statesOf(game, folds, foldStates) }
    default:
      return undefined
  }
}

async function opening(run: Commitment, entry: number): Promise<SellerMove> {
  const { header, tensor, tree } = await entryOf(run, entry)
  const step = dataStep(tree.depth)
  const shown = step === 0 ? { nodes: [], data: tensor.data } : { nodes: tree.row(tree.depth, 0, step), data: NOTHING }
  return { move: 'open', header: bytesToHex(header), nodes: hexes(shown.nodes), data: bytesToHex(shown.data) }
}

const NOTHING = new Uint8Array()

/** The state after each part of each claim, one after another. */
async function statesOf(game: Game, folds: readonly FoldClaim[], foldStates: FoldStates): Promise<Hex> {
  const bytes: number[] = []
  for (const claim of folds) {
    const place = { entry: game.entry, element: Number(game.element), fold: claim.fold }
    const states = await foldStates(place, claim, claim.first === 0 ? undefined : claim.before)
    for (const part of partsOf(claim, folds.length).parts)
      bytes.push(...encodeState(states[part.first + part.chunks - 1 - claim.first] ?? 0n))
  }
  return bytesToHex(Uint8Array.from(bytes))
}

const hexes = (nodes: readonly Uint8Array[]): Hex[] => nodes.map(bytesToHex)
