import { type Address, bytesToHex, hexToBytes } from '@stoa/protocol'
import { asked, type Breaker, CLOSED, failed, lets, released } from '../routing/breaker.ts'
import type { Timeouts } from '../settings.ts'
import type { Store } from '../store/openStore.ts'

/**
 * `healthy`: nothing against it. `resting`: its breaker is open, `doubted`: audits speak against it; both are asked only when no healthy one is
 * left. `distrusted`: an answer of it failed a check; not asked.
 */
export type ProviderState = 'healthy' | 'resting' | 'doubted' | 'distrusted'

export type ProviderHealth = { state: ProviderState; until: number; reason: string }

/** What this gateway has seen of providers, by itself. Distrust is kept across restarts. */
export type Health = {
  stateOf(provider: Address): ProviderState
  /** A call leaves for it: where its breaker is half open, this one is the trial. */
  asked(provider: Address): void
  /** A call ended by nobody's fault. */
  released(provider: Address): void
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
  const breakers = new Map<Address, { breaker: Breaker; reason: string }>()
  const doubted = new Map<Address, { until: number; reason: string }>()
  const distrusted = new Map<Address, { until: number; reason: string }>()
  for (const { provider, until, reason } of db.prepare('SELECT * FROM distrusted').all())
    distrusted.set(bytesToHex(provider as Uint8Array), { until: Number(until), reason: String(reason) })

  const stateOf = (provider: Address): ProviderState => {
    if ((distrusted.get(provider)?.until ?? 0) > now()) return 'distrusted'
    if ((doubted.get(provider)?.until ?? 0) > now()) return 'doubted'
    return lets(breakerOf(provider), now()) ? 'healthy' : 'resting'
  }
  const breakerOf = (provider: Address): Breaker => breakers.get(provider)?.breaker ?? CLOSED
  const change = (provider: Address, to: (breaker: Breaker) => Breaker) => {
    const found = breakers.get(provider)
    if (found) breakers.set(provider, { ...found, breaker: to(found.breaker) })
  }
  return {
    stateOf,
    asked: (provider) => change(provider, (breaker) => asked(breaker, now())),
    released: (provider) => change(provider, released),
    failed(provider, reason) {
      breakers.set(provider, { breaker: failed(breakerOf(provider), now(), timeouts), reason })
    },
    succeeded(provider) {
      breakers.delete(provider)
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
      const providers = new Set([...distrusted.keys(), ...doubted.keys(), ...breakers.keys()])
      return [...providers].flatMap((provider) => {
        const state = stateOf(provider)
        if (state === 'healthy') return []
        const resting = breakers.get(provider)
        const rest = resting && { until: resting.breaker.until, reason: resting.reason }
        const found = state === 'resting' ? rest : { distrusted, doubted }[state].get(provider)
        return found ? [{ provider, health: { state, until: found.until, reason: found.reason } }] : []
      })
    },
  }
}
