import type { Hex } from '@stoa/protocol'
import { model, offer, payment, unswept } from '../schema/index.ts'
import { flowed, paidBy, spent } from './daily.ts'
import { offerAccount } from './offerAccount.ts'
import { type Happened, logOf } from './origin.ts'
import type { Db } from './types.ts'

type Paid = { offerId: Hex; payer: Hex; nonce: Hex | null; amount: bigint }

/** Books what a signed transfer brought to its offer's account: it is the payer's, and revenue later in the transaction. */
export async function paidBySignature(
  db: Db,
  event: Happened & { log: { address: Hex } },
  { offerId, payer, nonce, amount }: Paid,
): Promise<void> {
  await paid(db, event, { offerId, payer, nonce, amount })
  await db
    .insert(unswept)
    .values({ account: offerAccount(event.log.address, offerId), amount })
    .onConflictDoUpdate((row) => ({ amount: row.amount + amount }))
}

/** Books what became an offer's revenue without a voucher. Of what the offer's account pays in, signed transfers are booked already; who brought the rest is known to the token alone. */
export async function paidIn(
  db: Db,
  event: Happened,
  { offerId, from: payer, amount }: { offerId: Hex; from: Hex; amount: bigint },
): Promise<void> {
  const signed = (await db.find(unswept, { account: payer }))?.amount ?? 0n
  if (signed > 0n) await db.delete(unswept, { account: payer })
  if (amount > signed) await paid(db, event, { offerId, payer, nonce: null, amount: amount - signed })
}

/** Adds a payment to all that has its sums. It is no settlement: it has no calls, and makes no buyer. */
async function paid(db: Db, event: Happened, { offerId, payer, nonce, amount }: Paid): Promise<void> {
  const plus = (row: { direct: bigint }) => ({ direct: row.direct + amount })
  const { provider, modelId } = await db.update(offer, { id: offerId }).set(plus)
  await db.insert(payment).values({ ...logOf(event), offerId, provider, modelId, payer, nonce, amount })
  await db.update(model, { id: modelId }).set(plus)
  await spent(db, event, { payer, offerId, modelId, provider, paid: amount, calls: 0 }, 1)
  await flowed(db, event, { modelId, paid: amount, credited: 0n })
  await paidBy(db, event, payer, amount)
}
