import type { Hex } from '@stoa/protocol'
import { buyer, dailySpending, deposit, lock, model, offer, payment, settlement } from '../schema/index.ts'
import { dayOf, type Happened, logOf, timeOf } from './origin.ts'
import type { Db } from './types.ts'

type Settled = { offerId: Hex; payer: Hex; lane: bigint; paid: bigint; settled: bigint; calls: number }
type Sums = { settled: bigint; calls: number }

/** Books a settlement. By far the most frequent event: every write here is one that a page needs. */
export async function settled(db: Db, event: Happened, args: Settled): Promise<void> {
  const { offerId, payer, lane, paid, calls } = args
  const plus = (row: Sums) => ({ settled: row.settled + paid, calls: row.calls + calls })

  const { provider, modelId, modelVersion } = await db.update(offer, { id: offerId }).set(plus)
  const sender = event.transaction.from
  await db.insert(settlement).values({ ...logOf(event), ...args, provider, modelId, modelVersion, sender })
  const { locked } = await db.update(deposit, { payer }).set((row) => ({ ...plus(row), balance: row.balance - paid }))
  if (locked > 0n) await drawn(db, { payer, offerId, lane }, paid)
  const today = await spent(db, event, { payer, offerId, modelId, provider, paid, calls })
  // Direct payments count no calls: what had calls before was a settlement, and made a buyer.
  const isNew = today.calls === calls && !(await db.find(buyer, { modelId, payer }))
  if (isNew) await db.insert(buyer).values({ modelId, payer, firstAt: timeOf(event) })
  await db.update(model, { id: modelId }).set((row) => ({ ...plus(row), payers: row.payers + (isNew ? 1 : 0) }))
}

/** Takes from its lane's lock what a settlement took from the balance, as far as the lock goes. */
async function drawn(db: Db, key: { payer: Hex; offerId: Hex; lane: bigint }, paid: bigint): Promise<void> {
  const held = await db.find(lock, key)
  if (!held?.locked) return
  const amount = paid < held.locked ? paid : held.locked
  const left = held.locked - amount
  await db.update(lock, key).set({ locked: left, lockedUntil: left === 0n ? null : held.lockedUntil })
  await db
    .update(deposit, { payer: key.payer })
    .set(({ locked, balance }) => ({ locked: locked - amount, balance: balance + amount }))
}

/** Books a payment that needed no voucher: who made it is known to the offer's account alone, so it is nobody's deposit and no buyer's. */
export async function paidDirectly(
  db: Db,
  event: Happened,
  { offerId, from: sender, amount }: { offerId: Hex; from: Hex; amount: bigint },
): Promise<void> {
  const plus = (row: { direct: bigint }) => ({ direct: row.direct + amount })
  const { provider, modelId } = await db.update(offer, { id: offerId }).set(plus)
  await db.insert(payment).values({ ...logOf(event), offerId, provider, modelId, sender, amount })
  await db.update(model, { id: modelId }).set(plus)
  await spent(db, event, { payer: sender, offerId, modelId, provider, paid: amount, calls: 0 })
}

type Spent = { payer: Hex; offerId: Hex; modelId: bigint; provider: Hex; paid: bigint; calls: number }

/** Adds to the sums of a day, and returns them. */
function spent(db: Db, event: Happened, row: Spent): Promise<{ calls: number }> {
  const { paid, calls } = row
  return db
    .insert(dailySpending)
    .values({ day: dayOf(event), ...row, settlements: 1 })
    .onConflictDoUpdate((sum) => ({
      ...{ paid: sum.paid + paid, calls: sum.calls + calls, settlements: sum.settlements + 1 },
    }))
}
