import { ModelTimeoutError } from '../models/errors.ts'
import type { FairQueue, Turn } from './fairQueue.ts'

export type TakeTurnParameters<T> = {
  party: string
  /** Milliseconds that it waits at most. */
  waitMs: number
  /** Aborts when nobody wants it any more. */
  signal?: AbortSignal | undefined
  work: () => Promise<T>
}

/** Does some work of a party when it is its turn. Throws what the queue refuses with, MODEL_TIMEOUT where its turn does not come within `waitMs`, the signal's reason, and what `work` throws. */
export async function takeTurn<T>(
  queue: FairQueue,
  { party, waitMs, signal, work }: TakeTurnParameters<T>,
): Promise<T> {
  const now = queue.enterNow(party, { signal })
  if (now) return during(now, work)
  const patience = AbortSignal.timeout(waitMs)
  const both = signal ? AbortSignal.any([signal, patience]) : patience
  const turn = await queue.enter(party, { signal: both }).catch((error: unknown) => {
    throw patience.aborted && !signal?.aborted ? new ModelTimeoutError(waitMs) : error
  })
  return during(turn, work)
}

async function during<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    turn.leave()
  }
}
