import { type Address, bytesToHex, type Hex, hexToBytes } from '@stoa/protocol'
import { z } from 'zod'
import type { Lane } from '../payment/lane.ts'
import type { Store } from '../store/openStore.ts'

/** What this gateway has at risk with each provider (specs/routing.md, "Stake and exposure"). Wei. */
export type RiskBook = {
  /** An answer of the provider was charged; within the transaction that keeps its receipt. */
  charged(provider: Address, wei: bigint): void
  /** Charges of the last 24 hours, and ceilings of vouchers without an answer. */
  atRisk(provider: Address): bigint
}

export type CreateRiskBookParameters = {
  store: Pick<Store, 'db'>
  lanes: () => Iterable<Lane>
  /** Offers of a provider, lower case. */
  offersOf: (provider: Address) => ReadonlySet<Hex>
  now: () => number
}

const HOUR = 3_600_000
/** The hour that runs, and a day of whole ones before it. */
const HOURS = 25

const row = z.object({ provider: z.instanceof(Uint8Array), hour: z.int(), wei: z.string() })

/** Charges are summed by the hour: a receipt for each would have to be read again for every call. */
export function createRiskBook({ store: { db }, lanes, offersOf, now }: CreateRiskBookParameters): RiskBook {
  const upsert = db.prepare('INSERT OR REPLACE INTO charged_hours VALUES (?, ?, ?)')
  const forget = db.prepare('DELETE FROM charged_hours WHERE hour <= ?')
  const hours = new Map<Address, Map<number, bigint>>()
  const hoursOf = (provider: Address) => {
    const found = hours.get(provider) ?? new Map<number, bigint>()
    hours.set(provider, found)
    return found
  }
  for (const found of db.prepare('SELECT * FROM charged_hours').all()) {
    const { provider, hour, wei } = row.parse(found)
    hoursOf(bytesToHex(provider)).set(hour, BigInt(wei))
  }
  const oldest = () => Math.floor(now() / HOUR) - HOURS
  return {
    charged(provider, wei) {
      const hour = Math.floor(now() / HOUR)
      const own = hoursOf(provider)
      if (!own.has(hour)) {
        forget.run(oldest())
        for (const past of own.keys()) if (past <= oldest()) own.delete(past)
      }
      const sum = (own.get(hour) ?? 0n) + wei
      own.set(hour, sum)
      upsert.run(hexToBytes(provider), hour, String(sum))
    },
    atRisk(provider) {
      let sum = 0n
      for (const [hour, wei] of hours.get(provider) ?? []) if (hour > oldest()) sum += wei
      const offers = offersOf(provider)
      for (const lane of lanes()) {
        if (lane.status !== 'free' && offers.has(lane.offerId)) sum += lane.signed - lane.charged
      }
      return sum
    },
  }
}
