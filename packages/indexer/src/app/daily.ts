import type { Hex } from '@stoa/protocol'
import { dailyModel, dailyPayer, dailySpending } from '../schema/index.ts'
import { dayOf, type Happened } from './origin.ts'
import type { Db } from './types.ts'

/** Adds to what a model was paid, and what was credited of it, in a day. */
export async function flowed(
  db: Db,
  event: Happened,
  { modelId, paid, credited }: { modelId: bigint; paid: bigint; credited: bigint },
): Promise<void> {
  await db
    .insert(dailyModel)
    .values({ day: dayOf(event), modelId, paid, credited })
    .onConflictDoUpdate((sum) => ({ paid: sum.paid + paid, credited: sum.credited + credited }))
}

/** Adds to what somebody paid in a day. */
export async function paidBy(db: Db, event: Happened, payer: Hex, paid: bigint): Promise<void> {
  await db
    .insert(dailyPayer)
    .values({ day: dayOf(event), payer, paid })
    .onConflictDoUpdate((sum) => ({ paid: sum.paid + paid }))
}

type Spent = { payer: Hex; offerId: Hex; modelId: bigint; provider: Hex; paid: bigint; calls: number }

/** Adds to the sums of a day, and returns them. */
export function spent(db: Db, event: Happened, row: Spent, settlements: number): Promise<{ calls: number }> {
  const { paid, calls } = row
  return db
    .insert(dailySpending)
    .values({ day: dayOf(event), ...row, settlements })
    .onConflictDoUpdate((sum) => ({
      ...{ paid: sum.paid + paid, calls: sum.calls + calls, settlements: sum.settlements + settlements },
    }))
}
