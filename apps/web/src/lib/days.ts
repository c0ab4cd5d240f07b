/** Seconds of a day. */
export const DAY = 86_400

/** The number of whole days since 1970, UTC, that the index counts in. */
export function dayOf(seconds: number): number {
  return Math.floor(seconds / DAY)
}

const short = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** A day as people write it: "21 Nov". */
export function dayName(day: number): string {
  return short.format(new Date(day * DAY * 1000))
}
