import type { Hex } from '@stoa/protocol'
import { deposit, depositMove, lock, offer } from '../../schema/index.ts'
import { type Happened, logOf } from '../origin.ts'
import { paidBySignature, paidIn } from '../payments.ts'
import { runOf } from '../runs.ts'
import { settled } from '../settled.ts'
import type { Db, Handlers } from '../types.ts'

export const payers: Handlers<'escrow'> = {
  async Deposited(event, db) {
    const { payer, amount } = event.args
    await db
      .insert(deposit)
      .values({ ...NOTHING, payer, balance: amount, deposited: amount })
      .onConflictDoUpdate((row) => ({ balance: row.balance + amount, deposited: row.deposited + amount }))
    await moved(db, event, { payer, kind: 'deposited', amount })
  },

  async WithdrawalRequested(event, db) {
    const { payer, amount, withdrawableAt } = event.args
    const cancelled = withdrawableAt === 0
    await db
      .update(deposit, { payer })
      .set({ withdrawalAmount: amount, withdrawableAt: cancelled ? null : withdrawableAt })
    await moved(db, event, { payer, kind: cancelled ? 'cancelled' : 'announced', amount })
  },

  async Withdrawn(event, db) {
    const { payer, amount, to: recipient } = event.args
    await db.update(deposit, { payer }).set((row) => ({
      ...{ balance: row.balance - amount, withdrawn: row.withdrawn + amount },
      ...{ withdrawalAmount: 0n, withdrawableAt: null },
    }))
    await moved(db, event, { payer, kind: 'withdrawn', amount, recipient })
  },

  async Locked(event, db) {
    const { payer, offerId, lane: number, amount, until } = event.args
    await db
      .insert(lock)
      .values({ payer, offerId, lane: number, locked: amount, lockedUntil: until })
      .onConflictDoUpdate((row) => ({ locked: row.locked + amount, lockedUntil: until }))
    await db.update(deposit, { payer }).set((row) => ({ balance: row.balance - amount, locked: row.locked + amount }))
    await moved(db, event, { payer, kind: 'locked', amount, offerId, lane: number })
  },

  async Unlocked(event, db) {
    const { payer, offerId, lane: number, amount } = event.args
    await db.update(lock, { payer, offerId, lane: number }).set({ locked: 0n, lockedUntil: null })
    await db.update(deposit, { payer }).set((row) => ({ balance: row.balance + amount, locked: row.locked - amount }))
    await moved(db, event, { payer, kind: 'unlocked', amount, offerId, lane: number })
  },

  Settled: (event, db) => settled(db, event, runOf(event.log)),

  OfferPaid: (event, db) => paidIn(db, event, event.args),

  async OfferOpened({ args: { offerId: id, settler } }, db) {
    // Anyone's registry may share this escrow; only offers of ours have rows.
    if (await db.find(offer, { id })) await db.update(offer, { id }).set({ settler })
  },

  async OfferSettlerChanged({ args: { offerId: id, settler } }, db) {
    await db.update(offer, { id }).set({ settler })
  },

  async RevenueCollected({ args: { offerId: id, amount } }, db) {
    await db.update(offer, { id }).set((row) => ({ collected: row.collected + amount }))
  },
}

export const signers: Handlers<'offerPayments'> = {
  PaymentSettled: (event, db) => paidBySignature(db, event, event.args),
}

/** A deposit before its first event. */
const NOTHING = {
  ...{ balance: 0n, locked: 0n, withdrawalAmount: 0n, withdrawableAt: null },
  ...{ deposited: 0n, withdrawn: 0n, settled: 0n, calls: 0 },
}

type Move = { payer: Hex; kind: string; amount: bigint; offerId?: Hex; lane?: bigint; recipient?: Hex }

async function moved(db: Db, event: Happened, move: Move): Promise<void> {
  const { offerId = null, lane: number = null, recipient = null, ...rest } = move
  await db.insert(depositMove).values({ ...logOf(event), ...rest, offerId, lane: number, recipient })
}
