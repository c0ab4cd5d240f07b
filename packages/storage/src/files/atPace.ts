import type { BlobReader } from '../blobStore.ts'
import { BlobTooSlowError } from '../errors.ts'

/**
 * The slowest that blobs may come: `graceMs`, and as long again as the bytes so far take at `bytesPerSecond`. So n bytes take at most
 * graceMs + 1000 · n / bytesPerSecond, and a server that sends nothing more is left as soon as what it sent is used up.
 */
export type Pace = { readonly graceMs: number; readonly bytesPerSecond: number }

/** Node's longest timer, 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * The same blobs, one after the other, for as long as all of them together keep the pace. What the caller does with the pieces takes none of the time:
 * its disk is not the server's fault. `get` throws `BlobTooSlowError` at the moment that the time is over, the signal's reason when that aborts, and
 * what `blobs.get` throws.
 */
export function atPace(blobs: Pick<BlobReader, 'get'>, { graceMs, bytesPerSecond }: Pace): Pick<BlobReader, 'get'> {
  let [received, waited, from] = [0, 0, 0]
  let timer: NodeJS.Timeout | undefined
  const startWaiting = (slow: AbortController, cid: string) => {
    from = performance.now()
    const left = graceMs + (1000 * received) / bytesPerSecond - waited
    const giveUp = () => slow.abort(new BlobTooSlowError(cid, received, Math.round(waited + left)))
    timer = setTimeout(giveUp, Math.min(Math.max(left, 0), LONGEST_TIMER_MS))
  }
  const stopWaiting = () => {
    clearTimeout(timer)
    waited += performance.now() - from
  }
  return {
    async *get(cid, { signal } = {}) {
      const slow = new AbortController()
      startWaiting(slow, cid)
      try {
        const until = signal ? AbortSignal.any([signal, slow.signal]) : slow.signal
        for await (const piece of blobs.get(cid, { signal: until })) {
          stopWaiting()
          received += piece.length
          yield piece
          startWaiting(slow, cid)
        }
        stopWaiting()
      } catch (error) {
        throw slow.signal.aborted && !signal?.aborted ? slow.signal.reason : error
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
