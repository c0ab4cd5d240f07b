import type { Address, Hex } from '@stoa/protocol'
import type { BudgetAlert } from './keys/key.ts'
import type { RerunOutcome } from './rerun/rerunTable.ts'

/** What the gateway tells while it works. Money and evidence are in the store; this is for people who watch. */
export type GatewayEvent =
  | { type: 'listening'; url: string }
  | { type: 'market-read'; models: number; offers: number }
  | { type: 'chain-unavailable'; error: unknown }
  /** An RPC endpoint changed its condition. */
  | { type: 'endpoint'; name: string; condition: string; why?: string }
  /** What is on offer is read from there from now on; `error`: why the index is not used. */
  | { type: 'offers-from'; source: 'index' | 'chain'; error: unknown }
  | { type: 'card-unreadable'; modelId: bigint; error: unknown }
  | { type: 'terms-unreadable'; offerId: Hex; error: unknown }
  | { type: 'answered'; model: string; provider: Address; offerId: Hex; receipt: Hex; costWei: bigint }
  | { type: 'attempt-failed'; model: string; provider: Address; offerId: Hex; code: string; message: string }
  | { type: 'answer-rejected'; provider: Address; offerId: Hex; reason: string }
  | { type: 'doubt-resolved'; offerId: Hex; lane: bigint; outcome: 'answered' | 'not-charged' | 'retired' }
  /** A seller that had forgotten them took receipts back (specs/recovery.md). */
  | { type: 'receipts-returned'; provider: Address; lanes: number }
  /** The store was new: sellers were asked for lanes. */
  | { type: 'lanes-recovered'; asked: number; silent: number; receipts: number }
  | { type: 'overcharged'; offerId: Hex; lane: bigint; receipt: Hex }
  | {
      type: 'rerun'
      model: string
      provider: Address
      receipt: Hex
      outcome: RerunOutcome
      reason: string
    }
  /** A seller did not give the weights of what it sold, so an answer of it can't be computed again yet. */
  | { type: 'weights-withheld'; model: string; provider: Address; reason: string }
  /** `step`: the move or proof that was sent, `wait`, or how it ended. */
  | { type: 'dispute'; model: string; provider: Address; receipt: Hex; step: string; words: string }
  /** An HTTP request is done; `route` as the endpoint has it. */
  | { type: 'request'; route: string; status: number; ms: number }
  /** A key has spent a percentage of a budget. Wei. */
  | ({ type: 'budget-alert' } & BudgetAlert)
  | { type: 'alert-not-delivered'; key: string; error: unknown }
  | { type: 'internal-error'; error: unknown }

/** `requestId`: that of the HTTP request in whose course it happened. */
export type Logger = (event: GatewayEvent, about?: { requestId?: string | undefined }) => void
