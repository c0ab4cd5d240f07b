import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../logger.ts'
import type { BudgetAlert } from './key.ts'

export type AlertTeller = {
  /** Logs it, and posts it where that is wanted, without waiting. */
  tell(alert: BudgetAlert): void
  /** Gives up what is not delivered yet. */
  close(): void
}

/** Milliseconds before the second and the third attempt. */
const PAUSES = [1_000, 4_000]
const TIMEOUT_MS = 5_000

/** Tells the owner that a key has spent a percentage of a budget (specs/keys.md, "Alerts"). */
export function alertTeller({
  url,
  logger,
  now,
}: {
  url: string | undefined
  logger: Logger
  now: () => number
}): AlertTeller {
  const closing = new AbortController()
  const post = async (target: string, body: string): Promise<void> => {
    for (const pause of [...PAUSES, undefined]) {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(TIMEOUT_MS)])
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal }
      const failure = await fetch(target, { ...init, redirect: 'error' }).then(
        async (response) => {
          await response.body?.cancel()
          return response.ok ? undefined : new Error(`it answered ${response.status}`)
        },
        (error: unknown) => error,
      )
      if (failure === undefined) return
      if (pause === undefined || closing.signal.aborted) throw failure
      await sleep(pause, undefined, { signal: closing.signal, ref: false })
    }
  }
  return {
    tell(alert) {
      logger({ type: 'budget-alert', ...alert })
      if (url === undefined) return
      const { spent, limit, ...rest } = alert
      const at = Math.floor(now() / 1000)
      const told = { type: 'budget-alert', ...rest, spent_wei: String(spent), limit_wei: String(limit), at }
      post(url, JSON.stringify(told)).catch((error: unknown) => {
        logger({ type: 'alert-not-delivered', key: alert.key, error })
      })
    },
    close: () => closing.abort(),
  }
}
