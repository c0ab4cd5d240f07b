import { bytesToHex, type Hex, hexToBytes } from '@stoa/protocol'
import { z } from 'zod'
import type { Store } from '../store/openStore.ts'

/** How calls under one offer went, as this gateway saw it. */
export type TrackRecord = {
  /** Calls that ended well, or by the seller's fault. */
  calls: number
  /** Share of them that ended well, 0 to 1; a call counts half after a day. Undefined before the first. */
  successRate: number | undefined
  /** Milliseconds from voucher to checked answer, of the last answers; undefined before the first. */
  latency: { p50: number; p95: number } | undefined
}

export type TrackRecords = {
  /** An answer came and passed every check. */
  succeeded(offerId: Hex, milliseconds: number): void
  /** None came, or a wrong one, and that was the seller's doing. */
  failed(offerId: Hex): void
  of(offerId: Hex): TrackRecord
  /** Writes what changed. Not with every call: what a crash loses is seconds of statistics. */
  save(): void
}

/** Milliseconds after which a call counts half: a seller's bad day is forgiven in a week, and seen for as long. */
const HALF_LIFE = 86_400_000
/** Latencies that are kept of an offer: the 95th percentile stands on ten above it. */
const KEPT_LATENCIES = 200

type Entry = { calls: number; good: number; all: number; at: number; latencies: number[]; isDirty: boolean }

const row = z.object({
  offer: z.instanceof(Uint8Array),
  calls: z.int(),
  good: z.number(),
  total: z.number(),
  at: z.int(),
  latencies: z.instanceof(Uint8Array),
})

export type TrackRecordsParameters = { store: Pick<Store, 'db' | 'transaction'>; now: () => number }

export function trackRecords({ store, now }: TrackRecordsParameters): TrackRecords {
  const upsert = store.db.prepare('INSERT OR REPLACE INTO track_records VALUES (?, ?, ?, ?, ?, ?)')
  const entries = new Map(store.db.prepare('SELECT * FROM track_records').all().map(entryOf))

  const count = (offerId: Hex, isGood: boolean): Entry => {
    const before = entries.get(offerId) ?? { calls: 0, good: 0, all: 0, at: now(), latencies: [] }
    const kept = 2 ** ((before.at - now()) / HALF_LIFE)
    const entry: Entry = {
      calls: before.calls + 1,
      good: before.good * kept + (isGood ? 1 : 0),
      all: before.all * kept + 1,
      at: now(),
      latencies: before.latencies,
      isDirty: true,
    }
    entries.set(offerId, entry)
    return entry
  }
  return {
    succeeded(offerId, milliseconds) {
      const entry = count(offerId, true)
      entry.latencies = [...entry.latencies, milliseconds].slice(-KEPT_LATENCIES)
    },
    failed(offerId) {
      count(offerId, false)
    },
    of(offerId) {
      const entry = entries.get(offerId)
      if (!entry) return { calls: 0, successRate: undefined, latency: undefined }
      const sorted = entry.latencies.toSorted((a, b) => a - b)
      const latency = sorted.length > 0 ? { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) } : undefined
      return { calls: entry.calls, successRate: entry.good / entry.all, latency }
    },
    save() {
      const changed = [...entries].filter(([, { isDirty }]) => isDirty)
      if (changed.length === 0) return
      store.transaction(() => {
        for (const [offerId, entry] of changed) {
          const { calls, good, all, at, latencies } = entry
          upsert.run(hexToBytes(offerId), calls, good, all, at, new Uint8Array(Float32Array.from(latencies).buffer))
          entry.isDirty = false
        }
      })
    },
  }
}

/** The smallest value that a share of all does not exceed (nearest rank); whole milliseconds. */
function percentile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? 0)
}

function entryOf(found: unknown): [Hex, Entry] {
  const { offer, calls, good, total, at, latencies } = row.parse(found)
  const values = new Float32Array(latencies.slice().buffer)
  return [bytesToHex(offer), { calls, good, all: total, at, latencies: [...values], isDirty: false }]
}
