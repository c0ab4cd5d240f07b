import type { Hex } from '@stoa/protocol'

/** Calls that wait because every seller they may go to has as many as it takes (specs/routing.md, "Where all are full"). */
export type Turns = {
  /** Waits until one of these offers may have room, for a call that waits since then (`performance.now`). False where its time is over, too many wait already, or it was aborted. */
  next(offerIds: readonly Hex[], since: number, signal: AbortSignal | undefined): Promise<boolean>
  /** A call that the seller had taken is over. */
  ended(offerId: Hex): void
}

/** Milliseconds after which a call asks again although none of ours ended there: those of others may have. */
const [LEAST_PAUSE_MS, MOST_PAUSE_MS] = [100, 800]

type Waiting = { offerIds: readonly Hex[]; since: number; go: () => void }

export type CreateTurnsParameters = {
  /** For how long a call waits in all. */
  patienceMs: number
  /** Calls that wait at once: those of other models are to be let in too. */
  most: number
}

/** One call goes on with each that ended, the one that waits longest: so a full seller is asked no oftener than it has room, however many wait. */
export function createTurns({ patienceMs, most }: CreateTurnsParameters): Turns {
  const waiting = new Set<Waiting>()
  return {
    async next(offerIds, since, signal) {
      const waited = performance.now() - since
      const left = patienceMs - waited
      if (left <= 0 || waiting.size >= most || signal?.aborted) return false
      // As long again as it has waited: seldom, where nothing of ours tells.
      const pause = Math.min(Math.max(waited, LEAST_PAUSE_MS), MOST_PAUSE_MS) * (0.5 + Math.random())
      await new Promise<void>((resolve) => {
        const one: Waiting = { offerIds, since, go }
        const clock = setTimeout(go, Math.min(pause, left))
        function go() {
          clearTimeout(clock)
          signal?.removeEventListener('abort', go)
          waiting.delete(one)
          resolve()
        }
        signal?.addEventListener('abort', go)
        waiting.add(one)
      })
      return !signal?.aborted
    },
    ended(offerId) {
      let first: Waiting | undefined
      for (const one of waiting) if (one.offerIds.includes(offerId) && (!first || one.since < first.since)) first = one
      first?.go()
    },
  }
}
