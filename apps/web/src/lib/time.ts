const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]
/** Seconds: the chain's clock, the seller's and this one's are not one, and ours is looked at now and then. */
const CLOCKS_DIFFER = 10
// Made when first needed: each takes tens of milliseconds, which nobody should wait for before a page is seen.
const words = once(() => new Intl.RelativeTimeFormat('en', { numeric: 'auto' }))
const exact = once(() => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'long' }))

/** A moment seen from `now`, both in unix seconds: "3 minutes ago". */
export function relativeTime(at: number, now: number): string {
  const seconds = Math.round(at - now)
  if (Math.abs(seconds) < CLOCKS_DIFFER) return 'just now'
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const)
  return words().format(Math.round(seconds / size), unit)
}

/** The moment itself, in the reader's time zone. */
export function exactTime(at: number): string {
  return exact().format(new Date(at * 1000))
}

/** A duration as people read it: "420 ms", "3.1 s". */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  return `${(milliseconds / 1_000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`
}

/** A length of time in seconds, in the largest unit that is whole, days beyond two of them: "48 hours", "10 days". */
export function formatSpan(seconds: number): string {
  const units = UNITS.slice(seconds > 2 * 86_400 ? 2 : 3)
  const [unit, size] = units.find(([, each]) => seconds >= each && seconds % each === 0) ?? ['second', 1]
  const count = seconds / size
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
