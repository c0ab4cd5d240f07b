import type { Hex, Load } from '@stoa/protocol'
import { addSample, type Decayed, fade, NOTHING } from './decayed.ts'

/** How an offer does now, by this gateway's own calls under it; means fade (specs/routing.md, "Who is first"). */
export type Live = {
  /** Natural logarithm of the milliseconds from voucher to checked answer: their mean is of what is usual, and one call of minutes does not drown fifty of milliseconds. */
  latency: Decayed
  /** Tensor bytes of request and answer a second. */
  throughput: Decayed
  /** 1 for a call that was answered, 0 for one that failed by the seller's fault. */
  success: Decayed
  /** Calls of this gateway under way. */
  inFlight: number
  /** What the node announced lately. */
  load: Load | undefined
}

export type LiveStats = {
  of(offerId: Hex): Live
  /** A call leaves. */
  began(offerId: Hex): void
  /** It came back, however that was. */
  ended(offerId: Hex): void
  succeeded(offerId: Hex, call: { milliseconds: number; bytes: number }): void
  failed(offerId: Hex): void
  announced(offerId: Hex, load: Load): void
}

/** Milliseconds after which a call counts half: long enough to know an offer by, short enough to see it change. */
export const HALF_LIFE = 300_000
/** Milliseconds for which an announcement counts. */
const FRESH = 10_000

/** A seller of whom less than this weighs has no caches warm, connections open, or model loaded, for all that is known: what that call takes counts as `COLD` of one. */
const UNKNOWN = 0.1
const COLD = 0.25

type Entry = Omit<Live, 'load'> & { announced: { load: Load; at: number } | undefined }

/** In memory: what is a few minutes old means little after a restart. */
export function liveStats({ now }: { now: () => number }): LiveStats {
  const entries = new Map<Hex, Entry>()
  const entryOf = (offerId: Hex): Entry => {
    const found = entries.get(offerId)
    if (found) return found
    const entry = { latency: NOTHING, throughput: NOTHING, success: NOTHING, inFlight: 0, announced: undefined }
    entries.set(offerId, entry)
    return entry
  }
  return {
    of(offerId) {
      const { latency, throughput, success, inFlight, announced } = entries.get(offerId) ?? NEVER_SEEN
      const at = now()
      return {
        latency: fade(latency, at, HALF_LIFE),
        throughput: fade(throughput, at, HALF_LIFE),
        success: fade(success, at, HALF_LIFE),
        inFlight,
        load: announced && at - announced.at <= FRESH ? announced.load : undefined,
      }
    },
    began(offerId) {
      entryOf(offerId).inFlight++
    },
    ended(offerId) {
      entryOf(offerId).inFlight--
    },
    succeeded(offerId, { milliseconds, bytes }) {
      const entry = entryOf(offerId)
      const at = now()
      const counts = fade(entry.latency, at, HALF_LIFE).weight < UNKNOWN ? COLD : 1
      entry.latency = addSample(entry.latency, Math.log(Math.max(milliseconds, 1)), at, HALF_LIFE, counts)
      entry.throughput = addSample(entry.throughput, (1000 * bytes) / Math.max(milliseconds, 1), at, HALF_LIFE)
      entry.success = addSample(entry.success, 1, at, HALF_LIFE)
    },
    failed(offerId) {
      const entry = entryOf(offerId)
      entry.success = addSample(entry.success, 0, now(), HALF_LIFE)
    },
    announced(offerId, load) {
      entryOf(offerId).announced = { load, at: now() }
    },
  }
}

const NEVER_SEEN: Entry = {
  latency: NOTHING,
  throughput: NOTHING,
  success: NOTHING,
  inFlight: 0,
  announced: undefined,
}
