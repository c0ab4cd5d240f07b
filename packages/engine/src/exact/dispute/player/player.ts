import type { BundleFile, Hex, Receipt, Tensor } from '@stoa/protocol'
import type { Call } from '../callOf.ts'
import type { Shown } from '../challengerMove.ts'
import type { Game } from '../game.ts'
import type { StageOpening } from '../stages/answerStages.ts'

/** Tasks of which a contract judges answers. */
export const JUDGED_TASKS = ['graph', 'generate', 'embedding', 'ocr'] as const
export type JudgedTask = (typeof JUDGED_TASKS)[number]

/** An answer that a contract can judge, with all that playing about it takes. Can be handed from thread to thread. */
export type JudgedAnswer = {
  /** `graph` where left out. */
  readonly task?: JudgedTask
  /** Name in the model card → absolute path. The caller has verified that each file has the digest the card states. */
  readonly files: Readonly<Record<string, string>>
  /** The same files as the card commits to them; the receipt's weights are the digest over these. */
  readonly bundle: readonly BundleFile[]
  readonly request: readonly Tensor[]
  /** What the seller answered. */
  readonly response: readonly Tensor[]
  readonly receipt: Receipt
  /** The seller's, 64 bytes. */
  readonly signature: Hex
  /** Threads for one operation; by default one per core. */
  readonly threads?: number
}

export type Side = 'seller' | 'challenger'

/** A stage as the event `Staged` shows it; `graph` is keccak256 of its path. */
export type StageWords = { readonly graph: Hex; readonly requestDigest: Hex; readonly responseDigest: Hex }

/** A game as far as its events tell it. */
export type GameSoFar = Shown & {
  readonly state: Game
  /** Of a composed task: the stage that the game is about, by its number. */
  readonly stage?: { readonly place: bigint; readonly stage?: StageWords } | undefined
}

/** What to send against a wrong answer: what opens a game, about a stage where the task is composed, or what convicts at once. */
export type FirstCall =
  | { readonly complain: 'challenge'; readonly stage?: { readonly place: number; readonly opening: StageOpening } }
  | { readonly complain: 'proveMalformed'; readonly opening: StageOpening }

/** What a side does next: send a call, wait for the other, or, of a challenger only, give up, since all that the seller showed was right. */
export type NextStep =
  | { readonly step: 'call'; readonly call: Call }
  | { readonly step: 'wait' }
  | { readonly step: 'concede' }

/**
 * Plays games about one answer: for either side, any number of them, from wherever they are. Holds a run of the graph and at most 256 MiB of its tensors; what was let go is
 * computed again.
 */
export type Player = {
  /** Whether the response is what the model gives for the request, tensor by tensor; their names say nothing. */
  answeredRight(): Promise<boolean>
  /** What to dispute it with; undefined where it is right. */
  complaint(): Promise<FirstCall | undefined>
  nextStep(side: Side, game: GameSoFar): Promise<NextStep>
  close(): Promise<void>
}
