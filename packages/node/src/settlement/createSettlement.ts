import type { Hex } from '@stoa/protocol'
import { secondOf } from '../payments/payments.ts'
import type { LaneRecord } from '../store/lane.ts'
import { type GasTerms, settlementCost, worthSettling } from './economy.ts'
import { isSettlementDue, type SettlementRule } from './isSettlementDue.ts'
import { type SettlementContext, settleBatch } from './settleBatch.ts'

/** Most claims in one transaction: far below a block's gas, and little is lost when it fails. */
export const MAX_CLAIMS = 50

/** What was settled. `owedWei` is what is still owed afterwards, by payers without funds or since then. */
export type SettlementSummary = { hashes: Hex[]; settled: number; refused: number; paidWei: bigint; owedWei: bigint }

export type Settlement = {
  /** Settles all that can be claimed, after what is under way. Rejects when a transaction fails; what was settled before stays. */
  settleNow(): Promise<SettlementSummary>
  /** Settles all that brings more than it costs, as `settleNow` does. */
  settleWorthwhile(): Promise<SettlementSummary>
  /** Settles if it is due. Never rejects: failures are logged, and tried again at the next call. */
  settleDue(): Promise<void>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

export type SettlementEconomy = {
  /** What gas costs now. Rejects with what the SDK throws. Undefined where the price of the chain's coin is not known: then everything is worth settling. */
  gasTerms: (() => Promise<GasTerms>) | undefined
}

/** One queue for all settlements of a node: their account sends one transaction at a time, so nonces cannot clash. */
export function createSettlement(
  context: SettlementContext,
  rule: SettlementRule,
  { gasTerms }: SettlementEconomy = { gasTerms: undefined },
): Settlement {
  const { payments, logger } = context
  let tail: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = tail.then(work)
    tail = turn.catch(() => undefined)
    return turn
  }

  // After a failure, how long to leave the chain alone: doubled each time, so that an account without gas money is no noise.
  let pauseSeconds = 0
  let notBefore = 0

  const claimable = () => payments.store.claimableLanes(secondOf(payments))
  /** What of these lanes brings more than it costs; what does not waits, and is told of once an interval. */
  const worthwhile = async (lanes: readonly LaneRecord[]): Promise<readonly LaneRecord[]> => {
    if (!gasTerms || lanes.length === 0) return lanes
    const now = secondOf(payments)
    const isEarly = !lanes.some(({ unsettledSince = now }) => unsettledSince + rule.intervalSeconds / 2 <= now)
    const terms = await gasTerms()
    const worth = worthSettling(lanes, isEarly, terms)
    if (worth.length === 0 && !isEarly && now >= tellAt) {
      tellAt = now + rule.intervalSeconds
      const owedWei = lanes.reduce((sum, { charged, settled }) => sum + charged - settled, 0n)
      logger({ event: 'settlement-uneconomic', owedWei, costWei: settlementCost(lanes.length, terms) })
    }
    return worth
  }
  let tellAt = 0

  const settleAll = async (lanes: readonly LaneRecord[]): Promise<SettlementSummary> => {
    const summary: SettlementSummary = { hashes: [], settled: 0, refused: 0, paidWei: 0n, owedWei: 0n }
    for (let at = 0; at < lanes.length; at += MAX_CLAIMS) {
      const result = await settleBatch(context, lanes.slice(at, at + MAX_CLAIMS))
      summary.hashes.push(result.hash)
      summary.settled += result.settled.length
      summary.refused += result.refused.length
      summary.paidWei += result.settled.reduce((sum, { paid }) => sum + paid, 0n)
    }
    return { ...summary, owedWei: payments.book.total() }
  }

  return {
    settleNow: () => inTurn(() => settleAll(claimable())),
    settleWorthwhile: () => inTurn(async () => settleAll(await worthwhile(claimable()))),
    settleDue: () =>
      inTurn(async () => {
        const now = secondOf(payments)
        const lanes = claimable()
        if (now < notBefore || !isSettlementDue(lanes, now, rule)) return
        await settleAll(await worthwhile(lanes))
        pauseSeconds = 0
      }).catch((error: unknown) => {
        pauseSeconds = Math.min(Math.max(2 * pauseSeconds, 2), rule.intervalSeconds / 8)
        notBefore = secondOf(payments) + pauseSeconds
        logger({ event: 'settlement-failed', error })
      }),
    idle: async () => {
      await tail
    },
  }
}
