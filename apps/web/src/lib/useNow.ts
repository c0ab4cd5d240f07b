import { useSyncExternalStore } from 'react'

/** Seconds between two looks at the clock; what is shown are minutes and more, after the first one. */
const TICK_MS = 5_000

/** The time in unix seconds, as `useNow` has it. */
export const seconds = () => Math.floor(Date.now() / TICK_MS) * (TICK_MS / 1_000)

function subscribe(onTick: () => void): () => void {
  const timer = setInterval(onTick, TICK_MS)
  return () => clearInterval(timer)
}

/** The time in unix seconds, kept up to date. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, seconds)
}
