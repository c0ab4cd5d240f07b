import type { JudgedTask } from '@stoa/engine/dispute'
import type { Address, BundleFile, Hex, SignedReceipt, Tensor } from '@stoa/protocol'

/** What convicted a seller, by the number that the contract gives it (contracts/src/interfaces/IGraphArbiter.sol, `Ground`). */
export const GROUNDS = [
  'silence',
  'count',
  'header',
  'element',
  'chunk',
  'response',
  'weights',
  'malformed',
  'step',
] as const
export type Ground = (typeof GROUNDS)[number]

/** How a dispute ended. Amounts in wei of the stake token. */
export type Outcome =
  | {
      readonly end: 'convicted'
      readonly ground: Ground
      /** Burned of the stake, beside what was paid. */
      readonly burned: bigint
      readonly toPayer: bigint
      /** What the dispute account got, less its own bond. */
      readonly toChallenger: bigint
      readonly transaction: Hex
    }
  /** The bond is lost: by the clock, in a transaction, or because it was given up. */
  | { readonly end: 'lost'; readonly reason: string; readonly transaction: Hex | undefined }
  /** It was never begun, and nothing was spent. */
  | { readonly end: 'forgone'; readonly reason: string }

/** What playing takes besides the receipt; forgotten some time after the end. */
export type CaseFiles = {
  readonly task: JudgedTask
  /** Name in the card → path. */
  readonly files: Readonly<Record<string, string>>
  readonly bundle: readonly BundleFile[]
  readonly request: readonly Tensor[]
  readonly response: readonly Tensor[]
}

/** A dispute of this gateway's. The game itself is on the chain. */
export type Dispute = {
  /** Digest of the receipt in question. */
  readonly receipt: Hex
  /** `answer`: a game is played. `weights`: the receipt convicts by itself. */
  readonly kind: 'answer' | 'weights'
  readonly provider: Address
  readonly model: string
  readonly signed: SignedReceipt
  /** Block before which nothing of it can be. */
  readonly fromBlock: bigint
  /** Nonce of the challenge that was sent last, and when, milliseconds since 1970. */
  readonly sent: { readonly nonce: number; readonly at: number } | undefined
  /** Its number on the chain, as last seen. */
  readonly game: bigint | undefined
  readonly outcome: Outcome | undefined
  /** When it ended, milliseconds since 1970. */
  readonly endedAt: number | undefined
  /** What it waits for, a sentence. */
  readonly note: string
}
