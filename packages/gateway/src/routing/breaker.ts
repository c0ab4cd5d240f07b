/**
 * A provider's breaker (specs/routing.md, "Breaker"), a state machine without a clock: `closed` where `failures` is 0; else open until `until`, and half open
 * after it, for one call at a time: `trial` while that is under way.
 */
export type Breaker = {
  /** Failures in a row. */
  readonly failures: number
  /** Milliseconds. */
  readonly until: number
  readonly trial: boolean
}

export type BreakerTimes = {
  /** Milliseconds that the first failure opens it for; each after it twice as long as the one before. */
  coolDown: number
  maxCoolDown: number
}

export const CLOSED: Breaker = { failures: 0, until: 0, trial: false }

/** Whether a call may go to the provider as to any other. */
export function lets({ failures, until, trial }: Breaker, now: number): boolean {
  return failures === 0 || (now >= until && !trial)
}

/** A call leaves for the provider: where the breaker is half open it is the trial. */
export function asked(breaker: Breaker, now: number): Breaker {
  return breaker.failures > 0 && now >= breaker.until ? { ...breaker, trial: true } : breaker
}

/** A call ended by the provider's fault. Calls that were under way when it opened, and fail after each other, are one failure. */
export function failed(breaker: Breaker, now: number, { coolDown, maxCoolDown }: BreakerTimes): Breaker {
  if (breaker.failures > 0 && now < breaker.until) return breaker
  const failures = breaker.failures + 1
  return { failures, until: now + Math.min(coolDown * 2 ** (failures - 1), maxCoolDown), trial: false }
}

/** A call ended by nobody's fault: it shows nothing, and the next one tries. */
export function released(breaker: Breaker): Breaker {
  return breaker.trial ? { ...breaker, trial: false } : breaker
}
