import type { DailySpend } from '@stoa/sdk/index-client'

/** What was spent on one model, or on all that are not shown apart. */
export type Series = { key: string; modelId: bigint | undefined; total: bigint; calls: number }
/** A day with what was spent by series; a day without spending is there, too. */
export type SpendingDay = { day: number; paid: Readonly<Record<string, bigint>>; total: bigint }
export type Spending = { series: Series[]; days: SpendingDay[]; total: bigint; calls: number }

const OTHERS = 'others'

/** Daily spending as a chart shows it: the `most` dearest models apart, the rest together. No wei is left out. */
export function spendingSeries(rows: readonly DailySpend[], from: number, to: number, most: number): Spending {
  const byModel = new Map<string, Series>()
  for (const { modelId, paid, calls } of rows) {
    const key = `${modelId}`
    const one = byModel.get(key) ?? { key, modelId, total: 0n, calls: 0 }
    byModel.set(key, { ...one, total: one.total + paid, calls: one.calls + calls })
  }
  const ordered = [...byModel.values()].sort((a, b) => (a.total < b.total ? 1 : a.total > b.total ? -1 : 0))
  const [apart, rest] = [ordered.slice(0, most), ordered.slice(most)]
  const series = rest.length > 0 ? [...apart, rest.reduce(together, NOBODY)] : apart
  const shown = new Set(apart.map(({ key }) => key))
  const days = Array.from({ length: to - from + 1 }, (_, i): SpendingDay & { paid: Record<string, bigint> } => ({
    day: from + i,
    paid: Object.fromEntries(series.map(({ key }) => [key, 0n])),
    total: 0n,
  }))
  for (const { day, modelId, paid } of rows) {
    const one = days[day - from]
    if (!one) continue
    const key = shown.has(`${modelId}`) ? `${modelId}` : OTHERS
    one.paid[key] = (one.paid[key] ?? 0n) + paid
    one.total += paid
  }
  const total = ordered.reduce((sum, each) => sum + each.total, 0n)
  return { series, days, total, calls: ordered.reduce((sum, each) => sum + each.calls, 0) }
}

const NOBODY: Series = { key: OTHERS, modelId: undefined, total: 0n, calls: 0 }

function together(a: Series, b: Series): Series {
  return { ...a, total: a.total + b.total, calls: a.calls + b.calls }
}
