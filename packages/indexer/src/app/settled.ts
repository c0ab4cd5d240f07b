import type { Hex } from '@stoa/protocol'
import { buyer, deposit, lock, model, offer, settlement } from '../schema/index.ts'
import { flowed, paidBy, spent } from './daily.ts'
import { type Happened, logOf, timeOf } from './origin.ts'
import { LONG_RUN, type Run, type Settlement } from './runs.ts'
import { settledAtOnce } from './settledAtOnce.ts'
import type { Db } from './types.ts'

type Sums = { settled: bigint; calls: number }

/**
 * Books a run of settlements of one transaction. By far the most frequent event: every write here is one that a page needs, and what several settlements of
 * a run have in common is written once. While the engine reads the chain's past its store has all rows in memory, so what is booked there is not asked of the database; of live
 * blocks it would read each row before it writes it.
 */
export function settled(db: Db, event: Happened, { sales, live }: Run): Promise<void> {
  return live && sales.length >= LONG_RUN ? settledAtOnce(db, event, sales) : settledOneByOne(db, event, sales)
}

/** Sums don't depend on the order of what they add up. */
async function settledOneByOne(db: Db, event: Happened, run: readonly Settlement[]): Promise<void> {
  const rows = []
  for (const [id, sales] of Map.groupBy(run, ({ offerId }) => offerId)) {
    const { provider, modelId, modelVersion } = await db.update(offer, { id }).set(plus(sales))
    const buyers = await boughtToday(db, event, { offerId: id, modelId, provider }, sales)
    await db.update(model, { id: modelId }).set((row) => ({ ...plus(sales)(row), payers: row.payers + buyers }))
    await flowed(db, event, { modelId, paid: paidIn(sales), credited: 0n })
    const sender = event.transaction.from
    for (const sale of sales) rows.push({ ...logOf(event), ...sale, provider, modelId, modelVersion, sender })
  }
  await db.insert(settlement).values(rows)
  for (const [payer, sales] of Map.groupBy(run, (sale) => sale.payer)) {
    const { locked } = await db
      .update(deposit, { payer })
      .set((row) => ({ ...plus(sales)(row), balance: row.balance - paidIn(sales) }))
    await paidBy(db, event, payer, paidIn(sales))
    if (locked > 0n) for (const { offerId, lane, paid } of sales) await drawn(db, { payer, offerId, lane }, paid)
  }
}

const paidIn = (sales: readonly Settlement[]) => sales.reduce((sum, { paid }) => sum + paid, 0n)
const callsIn = (sales: readonly Settlement[]) => sales.reduce((sum, { calls }) => sum + calls, 0)

/** What settlements add to a row that has their sums. */
function plus(sales: readonly Settlement[]): (row: Sums) => Sums {
  const [paid, calls] = [paidIn(sales), callsIn(sales)]
  return (row) => ({ settled: row.settled + paid, calls: row.calls + calls })
}

/** Adds an offer's settlements to the sums of their day; returns how many of their payers its model had never had. */
async function boughtToday(
  db: Db,
  event: Happened,
  sold: { offerId: Hex; modelId: bigint; provider: Hex },
  sales: readonly Settlement[],
): Promise<number> {
  const { modelId } = sold
  let count = 0
  for (const [payer, mine] of Map.groupBy(sales, (sale) => sale.payer)) {
    const calls = callsIn(mine)
    const today = await spent(db, event, { payer, ...sold, paid: paidIn(mine), calls }, mine.length)
    // Direct payments count no calls: what had calls before was a settlement, and made a buyer.
    if (today.calls !== calls || (await db.find(buyer, { modelId, payer }))) continue
    await db.insert(buyer).values({ modelId, payer, firstAt: timeOf(event) })
    count++
  }
  return count
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
