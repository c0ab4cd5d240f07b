import type { BudgetAlert, Key, KeyRoom } from './key.ts'

/** What a key spent and holds, apart from where that is kept; a value that every change replaces. Wei. */
export type KeyAccount = {
  readonly spent: bigint
  /** UTC day, counted from 1970 → spent on calls whose vouchers were signed on it. */
  readonly days: ReadonlyMap<number, bigint>
  /** Call → its ceiling, and the day on which its voucher was signed. */
  readonly holds: ReadonlyMap<string, { wei: bigint; day: number }>
  /** Highest percentages that were told: of `total` ever, and of `perDay` on `day`. */
  readonly told: { total: number; day: number; ofDay: number }
}

export const UNSPENT: KeyAccount = {
  spent: 0n,
  days: new Map(),
  holds: new Map(),
  told: { total: 0, day: 0, ofDay: 0 },
}

/** Wei held; on one day, or on all. */
export function heldOf({ holds }: KeyAccount, day?: number): bigint {
  let sum = 0n
  for (const hold of holds.values()) if (day === undefined || hold.day === day) sum += hold.wei
  return sum
}

/** What the next call may cost at most on a day, and by which budget; undefined where there is none. */
export function roomOf(account: KeyAccount, { perCall, perDay, total }: Key, day: number): KeyRoom | undefined {
  const rooms: KeyRoom[] = []
  if (perCall !== undefined) rooms.push({ budget: 'per_call', left: perCall })
  if (perDay !== undefined) {
    const left = perDay - (account.days.get(day) ?? 0n) - heldOf(account, day)
    rooms.push({ budget: 'per_day', left: atLeastNothing(left) })
  }
  if (total !== undefined) {
    rooms.push({ budget: 'total', left: atLeastNothing(total - account.spent - heldOf(account)) })
  }
  return rooms.reduce<KeyRoom | undefined>(
    (least, room) => (least && least.left <= room.left ? least : room),
    undefined,
  )
}

/** A voucher is signed. That there is room was asked before, in the same tick. */
export function hold(account: KeyAccount, call: string, wei: bigint, day: number): KeyAccount {
  return { ...account, holds: new Map(account.holds).set(call, { wei, day }) }
}

/**
 * The outcome of a call is known: of what was held `wei` are spent, on the day of its voucher. Percentages of budgets that are reached with it, and were not told yet, are told: of several
 * the highest.
 */
export function settle(
  account: KeyAccount,
  key: Key,
  call: string,
  wei: bigint,
  today: number,
): { account: KeyAccount; alerts: BudgetAlert[] } {
  const held = account.holds.get(call)
  if (!held) return { account, alerts: [] }
  const holds = new Map(account.holds)
  holds.delete(call)
  const spent = account.spent + wei
  const days = new Map(account.days)
  if (wei > 0n) days.set(held.day, (days.get(held.day) ?? 0n) + wei)
  const before = account.told.day === today ? account.told : { ...account.told, day: today, ofDay: 0 }
  const spentToday = days.get(today) ?? 0n
  const total = reached(key.alertAt, spent, key.total, before.total)
  const ofDay = reached(key.alertAt, spentToday, key.perDay, before.ofDay)
  const told = { total: total ?? before.total, day: today, ofDay: ofDay ?? before.ofDay }
  const { id, name } = key
  const alerts: BudgetAlert[] = []
  if (ofDay !== undefined && key.perDay !== undefined)
    alerts.push({ key: id, name, budget: 'per_day', percent: ofDay, spent: spentToday, limit: key.perDay })
  if (total !== undefined && key.total !== undefined)
    alerts.push({ key: id, name, budget: 'total', percent: total, spent, limit: key.total })
  return { account: { spent, days, holds, told }, alerts }
}

/** The highest percentage that is reached and above what was told. */
function reached(
  percents: readonly number[],
  spent: bigint,
  limit: bigint | undefined,
  told: number,
): number | undefined {
  if (limit === undefined) return undefined
  return percents.findLast((percent) => percent > told && spent * 100n >= limit * BigInt(percent))
}

function atLeastNothing(wei: bigint): bigint {
  return wei > 0n ? wei : 0n
}
