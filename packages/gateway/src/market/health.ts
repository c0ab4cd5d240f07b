import { type Address, bytesToHex, hexToBytes } from '@stoa/protocol'
import type { Timeouts } from '../settings.ts'
import type { Store } from '../store/openStore.ts'

/**
 * `healthy`: nothing against it. `resting`: failed lately, `doubted`: audits speak against it; both are asked only when no healthy one is
 * left. `distrusted`: an answer of it failed a check; not asked.
 */
export type ProviderState = 'healthy' | 'resting' | 'doubted' | 'distrusted'

export type ProviderHealth = { state: ProviderState; until: number; reason: string }

/** What this gateway has seen of providers, by itself. Distrust is kept across restarts. */
export type Health = {
  stateOf(provider: Address): ProviderState
  /** It could not be reached, was overloaded, or went silent. */
  failed(provider: Address, reason: string): void
  succeeded(provider: Address): void
  /** Audits of its answers failed oftener than those of an honest seller do (specs/audits.md). */
  doubt(provider: Address, reason: string): void
  /** It gave an answer that fails a check. */
  distrust(provider: Address, reason: string): void
  /** Providers that are not healthy. Times in milliseconds since 1970. */
  list(): { provider: Address; health: ProviderHealth }[]
}

export type CreateHealthParameters = {
  store: Pick<Store, 'db'>
  timeouts: Pick<Timeouts, 'coolDown' | 'maxCoolDown' | 'distrust'>
  now: () => number
}

export function createHealth({ store: { db }, timeouts, now }: CreateHealthParameters): Health {
  const upsert = db.prepare('INSERT OR REPLACE INTO distrusted VALUES (?, ?, ?)')
  const resting = new Map<Address, { failures: number; until: number; reason: string }>()
  const doubted = new Map<Address, { until: number; reason: string }>()
  const distrusted = new Map<Address, { until: number; reason: string }>()
  for (const { provider, until, reason } of db.prepare('SELECT * FROM distrusted').all())
    distrusted.set(bytesToHex(provider as Uint8Array), { until: Number(until), reason: String(reason) })

  const stateOf = (provider: Address): ProviderState => {
    if ((distrusted.get(provider)?.until ?? 0) > now()) return 'distrusted'
    if ((doubted.get(provider)?.until ?? 0) > now()) return 'doubted'
    return (resting.get(provider)?.until ?? 0) > now() ? 'resting' : 'healthy'
  }
  return {
    stateOf,
    failed(provider, reason) {
      const failures = (resting.get(provider)?.failures ?? 0) + 1
      const pause = Math.min(timeouts.coolDown * 2 ** (failures - 1), timeouts.maxCoolDown)
      resting.set(provider, { failures, until: now() + pause, reason })
    },
    succeeded(provider) {
      resting.delete(provider)
    },
    doubt(provider, reason) {
      doubted.set(provider, { until: now() + timeouts.distrust, reason })
    },
    distrust(provider, reason) {
      const until = now() + timeouts.distrust
      distrusted.set(provider, { until, reason })
      upsert.run(hexToBytes(provider), until, reason)
    },
    list() {
      const providers = new Set([...distrusted.keys(), ...doubted.keys(), ...resting.keys()])
      return [...providers].flatMap((provider) => {
        const state = stateOf(provider)
        if (state === 'healthy') return []
        const found = { distrusted, doubted, resting }[state].get(provider)
        if (!found) return []
        return [{ provider, health: { state, until: found.until, reason: found.reason } }]
      })
    },
  }
}
