import type { Spending, SpendingDay } from './spendingSeries.ts'

/** A day's bar: what it is made of, from the bottom up, in pixels. */
export type PlacedDay = {
  day: SpendingDay
  x: number
  width: number
  parts: { key: string; y: number; height: number }[]
}

/** Lines above the lowest, at most. */
const MOST_STEPS = 4n
/** Of a day's room, the part between two bars. */
const GAP = 0.2
/** Fineness in which a share of the height is worked out before it becomes a number. */
const FINE = 1_000_000_000n

/** The amounts, in wei, at which a chart has its lines: from nothing in equal, round steps to what no day exceeds. */
export function linesOf({ days }: Spending): bigint[] {
  let most = 1n
  for (const { total } of days) if (total > most) most = total
  const step = roundStep(most)
  return Array.from({ length: Number((most + step - 1n) / step) + 1 }, (_, n) => step * BigInt(n))
}

/** Places a bar for each day in an area of so many pixels, between the lowest and the highest line. */
export function layoutBars(spending: Spending, width: number, height: number): PlacedDay[] {
  const { days, series } = spending
  const top = linesOf(spending).at(-1) ?? 1n
  const tall = (wei: bigint) => (Number((wei * FINE) / top) / Number(FINE)) * height
  const room = width / days.length
  return days.map((day, i) => {
    let below = 0n
    const parts = series.flatMap(({ key }) => {
      const wei = day.paid[key] ?? 0n
      if (wei === 0n) return []
      const bottom = tall(below)
      below += wei
      return [{ key, y: height - tall(below), height: tall(below) - bottom }]
    })
    return { day, x: room * (i + GAP / 2), width: room * (1 - GAP), parts }
  })
}

/** The least of 1, 2, 5, 10, 20, … wei that reaches `most` in `MOST_STEPS` steps. */
function roundStep(most: bigint): bigint {
  for (let ten = 1n; ; ten *= 10n)
    for (const step of [ten, 2n * ten, 5n * ten]) if (step * MOST_STEPS >= most) return step
}
