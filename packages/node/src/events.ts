import type { Address, Hex, WireCode } from '@stoa/protocol'

/** What a node tells its operator. Never holds keys, requests, answers or signatures. Amounts in wei, times in milliseconds. */
export type NodeEvent =
  | { event: 'opened'; provider: Address; offers: readonly Hex[]; signatures: string; owedWei: bigint }
  | { event: 'listening'; url: string }
  | { event: 'answered'; offerId: Hex; payer: Address; lane: bigint; chargeWei: bigint; replayed: boolean; ms: number }
  | { event: 'refused'; code: WireCode; message: string }
  | { event: 'failed'; code: WireCode; error: unknown }
  | { event: 'settled'; hash: Hex; claims: number; paidWei: bigint; gasUsed: bigint }
  | { event: 'claim-refused'; payer: Address; offerId: Hex; lane: bigint; reason: string; owedWei: bigint }
  | { event: 'settlement-failed'; error: unknown }
  /** A reorganisation took settlements back; they are claimed again. */
  | { event: 'settlement-reverted'; payer: Address; offerId: Hex; lane: bigint; lostWei: bigint }
  /** A reorganisation took a direct payment back; it is submitted again. `state`: what the chain says of it now. */
  | { event: 'payment-reverted'; payer: Address; offerId: Hex; amountWei: bigint; state: string }
  /** Whether settlements hold can't be looked at; it is tried again. */
  | { event: 'finality-unknown'; error: unknown }
  /** An RPC endpoint changed its condition. */
  | { event: 'endpoint'; name: string; condition: string; why?: string }
  /** What is owed would cost more gas than it brings: it waits. `costWei` in the token, at today's price of gas. */
  | { event: 'settlement-uneconomic'; owedWei: bigint; costWei: bigint }
  /** Direct payments. `paidWei`: what became revenue. */
  | { event: 'payments-settled'; hash: Hex; payments: number; refused: number; paidWei: bigint; gasUsed: bigint }
  /** They are tried again. */
  | { event: 'payments-failed'; error: unknown }
  | { event: 'pruned'; answers: number }
  | { event: 'challenged'; game: bigint; receiptDigest: Hex; offerId: Hex; challenger: Address }
  | { event: 'move'; game: bigint; move: string; hash: Hex; gasUsed: bigint }
  | { event: 'verdict'; game: bigint; convicted: boolean; words: string }
  /** A reorganisation took the challenge back. */
  | { event: 'game-gone'; game: bigint }
  /** A step failed and is tried again. */
  | { event: 'dispute-failed'; game: bigint; error: unknown }
  /** Something that only its operator can do something about. */
  | { event: 'dispute-problem'; game: bigint; problem: string }
  | { event: 'gas-low'; account: Address; balanceWei: bigint; neededWei: bigint }
  /** The disk of the store does not take what is written: nothing is charged or settled until it does. */
  | { event: 'store-stuck'; why: string }
  | { event: 'store-freed' }
  /** New connections are made with it. `validUntil`: ISO 8601. */
  | { event: 'certificate-renewed'; validUntil: string }
  /** The files of the certificate have another that can't be used; the present one stays. */
  | { event: 'certificate-refused'; why: string }
  | { event: 'judge-unreachable'; error: unknown }
  | { event: 'closed' }

/** `requestId`: that of the HTTP request in whose course it happened. */
export type NodeLogger = (event: NodeEvent, about?: { requestId?: string | undefined }) => void
