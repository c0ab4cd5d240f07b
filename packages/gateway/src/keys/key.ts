import type { Hex } from '@stoa/protocol'
import type { ProviderRules } from '../routing/providerRules.ts'
import type { BudgetName } from './budgetName.ts'

/** What a key may spend; wei. Days are UTC days. */
export type Budgets = { perCall?: bigint | undefined; perDay?: bigint | undefined; total?: bigint | undefined }

/** What its owner sets of a key (specs/keys.md). */
export type KeySettings = Budgets & {
  name: string
  /** Percentages of `perDay` and `total` at which the owner is told, rising. */
  alertAt: readonly number[]
  /** For all its calls. */
  rules?: ProviderRules | undefined
}

export type Key = KeySettings & {
  id: string
  /** First characters of the key, by which people know it. */
  start: string
  /** Unix seconds. */
  createdAt: number
  revokedAt: number | undefined
}

/** Where a key stands. Wei. */
export type KeyStanding = {
  key: Key
  spentTotal: bigint
  spentToday: bigint
  /** Ceilings of calls whose outcome is not known yet. */
  held: bigint
  leftToday: bigint | undefined
  leftTotal: bigint | undefined
  /** Days on which it spent, newest first. `day`: ISO 8601. */
  days: readonly { day: string; spent: bigint }[]
}

/** The budget that allows a key's next call the least, and how much; wei. */
export type KeyRoom = { budget: BudgetName; left: bigint }

/** The lane of an open call, which names the call. */
export type LaneRef = { offerId: Hex; lane: bigint }

/** A key has spent a percentage of a budget. Wei. */
export type BudgetAlert = {
  key: string
  name: string
  budget: Exclude<BudgetName, 'per_call'>
  percent: number
  spent: bigint
  limit: bigint
}

export const DEFAULT_ALERTS: readonly number[] = [50, 80, 100]
