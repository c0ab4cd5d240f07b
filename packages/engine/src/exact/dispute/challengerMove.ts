import {
  bytesToHex,
  DTYPE_BYTES,
  DTYPES,
  type Hex,
  hexToBytes,
  LEAF_BYTES,
  type MerkleTree,
  merkleTree,
} from '@stoa/protocol'
import type { CommittedData } from '../evidence/index.ts'
import { type FoldClaim, type Game, type LeafProof, type PartProof, PHASES } from './game.ts'
import { entryOf, type OwnRun } from './ownRun.ts'
import { decodeStates, partPath, partsOf } from './parts.ts'
import type { FoldStates } from './sellerMove.ts'
import { firstDifference, type PostedRow, postedTree } from './sellerTree.ts'

/** What the seller has shown of its run so far, from the events of the game. */
export type Shown = {
  /** All rows, in order. */
  readonly rows: readonly PostedRow[]
  /** Bytes beneath the node last revealed. */
  readonly data: Hex
  /** Claims and states of the last `Folded` or `Narrowed`; states are empty where the seller has not said any. */
  readonly folds: readonly FoldClaim[]
  readonly states: Hex
  /** Header of the entry last opened, and root over its data. */
  readonly opened?: { readonly header: Hex; readonly dataRoot: Hex } | undefined
}

/** What a challenger does next; `challengerCall` adds what proofs bring along. */
export type ChallengerMove =
  | { readonly move: 'descend'; readonly index: bigint; readonly node: Hex; readonly path: readonly Hex[] }
  | { readonly move: 'dispute'; readonly element: bigint }
  | { readonly move: 'narrow'; readonly folds: readonly FoldClaim[]; readonly part: PartProof }
  | { readonly move: 'proveCount' }
  | { readonly move: 'proveResponse' }
  | { readonly move: 'proveHeader' }
  | {
      readonly move: 'proveElement'
      readonly element: bigint
      readonly leaf: LeafProof
      readonly folds: readonly FoldClaim[]
    }
  | { readonly move: 'proveChunk'; readonly folds: readonly FoldClaim[]; readonly part: PartProof }
  /** Everything that the seller showed is what one's own run has: it was right, and the game is lost. */
  | { readonly move: 'concede' }

export type Challenger = {
  /** The run as it should be. */
  readonly run: OwnRun
  readonly foldStates: FoldStates
  /** Whether an entry's elements have folds of several chunks. */
  readonly isLong: (entry: number) => Promise<boolean>
  /** Whether the receipt's response is the run's. */
  readonly answeredRight: boolean
}

/** What a challenger does in a game (specs/dispute.md, "Moves"); undefined where it is not its turn. Always the leftmost difference. */
export async function challengerMove(me: Challenger, game: Game, shown: Shown): Promise<ChallengerMove | undefined> {
  const { run } = me
  switch (PHASES[game.phase]) {
    case 'pickInTrace': {
      if (game.entries !== run.entries.length) return { move: 'proveCount' }
      const pick = descent(shown, run.tree)
      return pick ?? (me.answeredRight ? { move: 'concede' } : { move: 'proveResponse' })
    }
    case 'pickInTensor': {
      const own = await entryOf(run, game.entry)
      if (!sameHeader(game, own)) return { move: 'proveHeader' }
      return descent(shown, own.tree) ?? { move: 'concede' }
    }
    case 'examine':
      return examine(me, game, shown)
    case 'pickPart':
    case 'pickSubpart':
      return pickPart(me, game, shown)
    default:
      return undefined
  }
}

/** Goes to the first node of the row last posted that is not one's own. */
export function descent({ rows }: Shown, own: OwnRun['tree']): Descent | undefined {
  const row = rows.at(-1)
  const index = row && firstDifference(row, own)
  if (!row || index === undefined) return undefined
  return descentTo(row, index, postedTree(row, own))
}

/** Goes to node `index` of a row, which counts in its level. @param tree From the row up to the node that it hangs beneath. */
export function descentTo(row: PostedRow, index: number, tree: MerkleTree): Descent {
  const at = index - Number(row.state.index) * 2 ** row.state.row
  return {
    move: 'descend',
    index: BigInt(index),
    node: bytesToHex(tree.node(0, at)),
    path: tree.path(0, at).map(bytesToHex),
  }
}

type Descent = Extract<ChallengerMove, { move: 'descend' }>

function sameHeader(game: Game, { tensor }: CommittedData): boolean {
  const dims = new DataView(hexToBytes(game.dims, 32).buffer)
  return (
    DTYPES[game.storedType] === tensor.dtype &&
    game.rank === tensor.dims.length &&
    tensor.dims.every((length, i) => dims.getUint32(4 * i) === length)
  )
}

async function examine(me: Challenger, game: Game, shown: Shown): Promise<ChallengerMove> {
  const own = await entryOf(me.run, game.entry)
  if (!sameHeader(game, own)) return { move: 'proveHeader' }
  const found = firstWrong(game, own, shown)
  if (!found) return { move: 'concede' }
  const { element, leaf } = found
  if (await me.isLong(game.entry)) return { move: 'dispute', element }
  return { move: 'proveElement', element, leaf, folds: [] }
}

/** The first element revealed that is not one's own, and the leaf that holds it. */
function firstWrong(game: Game, { tensor }: CommittedData, { data }: Shown) {
  const theirs = hexToBytes(data)
  const from = Number(game.index) * 2 ** game.below * LEAF_BYTES
  const at = theirs.findIndex((byte, i) => byte !== tensor.data[from + i])
  if (at < 0) return undefined
  return { element: BigInt(Math.floor((from + at) / DTYPE_BYTES[tensor.dtype])), leaf: leafProof(game, theirs, at) }
}

function leafProof(game: Game, data: Uint8Array, at: number): LeafProof {
  const leaf = Math.floor(at / LEAF_BYTES)
  const whole = new Uint8Array(LEAF_BYTES)
  whole.set(data.subarray(leaf * LEAF_BYTES, (leaf + 1) * LEAF_BYTES))
  const path = merkleTree(data, game.below).path(0, leaf)
  return { data: bytesToHex(whole), path: path.map(bytesToHex) }
}

async function pickPart(me: Challenger, game: Game, shown: Shown): Promise<ChallengerMove> {
  const { folds } = shown
  const states = decodeStates(shown.states)
  let at = 0
  for (const [i, claim] of folds.entries()) {
    const { levels, parts } = partsOf(claim, folds.length)
    const theirs = states.slice(at, at + parts.length)
    at += parts.length
    const place = { entry: game.entry, element: Number(game.element), fold: claim.fold }
    const own = await me.foldStates(place, claim, claim.first === 0 ? undefined : claim.before)
    const part = parts.findIndex((each, j) => own[each.first + each.chunks - 1 - claim.first] !== theirs[j])
    if (part < 0) continue
    const before = part === 0 ? claim.before : (theirs[part - 1] ?? 0n)
    const proof = {
      ...{ claim: BigInt(i), part: BigInt(part), before, afterwards: theirs[part] ?? 0n },
      path: partPath(claim.before, theirs, levels, part),
    }
    return { move: parts[part]?.chunks === 1 ? 'proveChunk' : 'narrow', folds, part: proof }
  }
  // Every fold is right, so what was made of them is not.
  if (PHASES[game.phase] === 'pickSubpart') return { move: 'concede' }
  const own = await entryOf(me.run, game.entry)
  const found = firstWrong(game, own, shown)
  return found ? { move: 'proveElement', ...found, folds } : { move: 'concede' }
}
