import { credit, dailyEarning, earning, offer, transfer } from '../../schema/index.ts'
import { flowed } from '../daily.ts'
import { dayOf, logOf } from '../origin.ts'
import { offerRow } from '../rows.ts'
import type { Handlers } from '../types.ts'

const PPM = 1_000_000n

export const revenue: Handlers<'revenueSink'> = {
  async RevenueCredited(event, db) {
    const { offerId, account, amount } = event.args
    const { modelId, collected, ownerSharePpm, toOwner } = await offerRow(db, offerId)
    // The sink credits the owner first, with what this says it still lacks; what comes after is the payee's.
    const role = toOwner < (collected * BigInt(ownerSharePpm)) / PPM ? 'owner' : 'payee'
    await db
      .update(offer, { id: offerId })
      .set((row) => (role === 'owner' ? { toOwner: row.toOwner + amount } : { toPayee: row.toPayee + amount }))
    await db.insert(credit).values({ ...logOf(event), offerId, modelId, account, role, amount })
    await db
      .insert(earning)
      .values({ account, credited: amount, withdrawn: 0n })
      .onConflictDoUpdate((row) => ({ credited: row.credited + amount }))
    await db
      .insert(dailyEarning)
      .values({ day: dayOf(event), offerId, account, role, modelId, amount })
      .onConflictDoUpdate((row) => ({ amount: row.amount + amount }))
    await flowed(db, event, { modelId, paid: 0n, credited: amount })
  },

  async RevenueWithdrawn({ args: { account, amount } }, db) {
    await db.update(earning, { account }).set((row) => ({ withdrawn: row.withdrawn + amount }))
  },
}

export const token: Handlers<'tokenIn'> & Handlers<'tokenOut'> = {
  async Transfer(event, db) {
    const { from: sender, to: recipient, value: amount } = event.args
    const row = { ...logOf(event), kind: 'token', sender, recipient, amount, modelId: null }
    await db.insert(transfer).values(row).onConflictDoNothing()
  },
}
