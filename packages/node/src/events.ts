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
  | { event: 'pruned'; answers: number }
  | { event: 'closed' }

export type NodeLogger = (event: NodeEvent) => void
