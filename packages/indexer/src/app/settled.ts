import type { Hex } from '@stoa/protocol'
import { buyer, dailySpending, deposit, lane, model, offer, payment, provider, settlement } from '../schema/index.ts'
import { dayOf, type Happened, logOf, timeOf } from './origin.ts'
import { offerRow } from './rows.ts'
import type { Db } from './types.ts'

type Settled = { offerId: Hex; payer: Hex; lane: bigint; paid: bigint; settled: bigint; calls: number }
type Sums = { settled: bigint; calls: number }

/** Books a settlement: the row itself, and everybody's sums. By far the most frequent event, so it writes no row that a page doesn't need. */
export async function settled(db: Db, event: Happened, args: Settled): Promise<void> {
  const { offerId, payer, lane: number, paid, calls } = args
  const { provider: address, modelId, modelVersion } = await offerRow(db, offerId)
  const plus = (row: Sums) => ({ settled: row.settled + paid, calls: row.calls + calls })

  await db.insert(settlement).values({ ...logOf(event), ...args, provider: address, modelId, modelVersion })
  await db.update(offer, { id: offerId }).set(plus)
  await db.update(provider, { address }).set(plus)
  const isNew = !(await db.find(buyer, { modelId, payer }))
  if (isNew) await db.insert(buyer).values({ modelId, payer, firstAt: timeOf(event) })
  await db.update(model, { id: modelId }).set((row) => ({ ...plus(row), payers: row.payers + (isNew ? 1 : 0) }))

  let fromLock = 0n
  await db
    .insert(lane)
    .values({ payer, offerId, lane: number, settled: args.settled, calls, locked: 0n, lockedUntil: null })
    .onConflictDoUpdate((row) => {
      fromLock = row.locked
      if (paid < fromLock) fromLock = paid
      const locked = row.locked - fromLock
      return { ...plus(row), locked, lockedUntil: locked === 0n ? null : row.lockedUntil }
    })
  await db.update(deposit, { payer }).set((row) => ({
    ...{ ...plus(row), locked: row.locked - fromLock, balance: row.balance - (paid - fromLock) },
  }))

  await spent(db, event, { payer, offerId, modelId, provider: address, paid, calls })
}

/** Books a payment that needed no voucher: who made it is known to the offer's account alone, so it is nobody's deposit and no buyer's. */
export async function paidDirectly(
  db: Db,
  event: Happened,
  { offerId, from: sender, amount }: { offerId: Hex; from: Hex; amount: bigint },
): Promise<void> {
  const { provider: address, modelId } = await offerRow(db, offerId)
  const plus = (row: { direct: bigint }) => ({ direct: row.direct + amount })
  await db.insert(payment).values({ ...logOf(event), offerId, provider: address, modelId, sender, amount })
  await db.update(offer, { id: offerId }).set(plus)
  await db.update(provider, { address }).set(plus)
  await db.update(model, { id: modelId }).set(plus)
  await spent(db, event, { payer: sender, offerId, modelId, provider: address, paid: amount, calls: 0 })
}

type Spent = { payer: Hex; offerId: Hex; modelId: bigint; provider: Hex; paid: bigint; calls: number }

async function spent(db: Db, event: Happened, row: Spent): Promise<void> {
  const { paid, calls } = row
  await db
    .insert(dailySpending)
    .values({ day: dayOf(event), ...row, settlements: 1 })
    .onConflictDoUpdate((sum) => ({
      ...{ paid: sum.paid + paid, calls: sum.calls + calls, settlements: sum.settlements + 1 },
    }))
}
