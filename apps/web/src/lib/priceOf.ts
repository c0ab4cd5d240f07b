import { UNITS_PER_PRICE, type Unit } from '@stoa/protocol'

/** A price as people say it: of calls that of one where it is a whole number of wei, of small units that of a million. */
export function priceOf(price: bigint, unit: Unit): { wei: bigint; per: string } {
  if (unit === 'call' && price % UNITS_PER_PRICE === 0n) return { wei: price / UNITS_PER_PRICE, per: 'call' }
  return { wei: price, per: `million ${unit}s` }
}
