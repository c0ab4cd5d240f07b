import type { LaneRecord } from '../store/lane.ts'

/** Gas of a settlement of no claims, and of each claim on a lane that was never settled before, with room; `npm run bench -- gas` has the figures. */
const BATCH_GAS = 60_000n
const CLAIM_GAS = 45_000n

/** Gas of two full batches: what the settlement account should have at any time. */
export const RESERVE_GAS = 2n * (BATCH_GAS + 50n * CLAIM_GAS)

/** Times its cost that a settlement brings before it is sent for other reasons than its age. */
const EARLY_FACTOR = 10n

const COIN = 10n ** 18n

/** `gasPrice`: wei for a unit of gas. `coinPrice`: wei of the token for a whole coin (10^18 wei) of the chain. */
export type GasTerms = { gasPrice: bigint; coinPrice: bigint }

/** What settling so many lanes costs, in wei of the token, rounded up. */
export function settlementCost(claims: number, { gasPrice, coinPrice }: GasTerms): bigint {
  const gas = BATCH_GAS + CLAIM_GAS * BigInt(claims)
  return ceilDivide(gas * gasPrice * coinPrice, COIN)
}

/**
 * Those of the lanes that bring at least what they cost, together and each for itself; none where nothing does. Early, that is before debts have become old, they have to bring ten times as
 * much: waiting makes one claim of many calls.
 */
export function worthSettling(lanes: readonly LaneRecord[], isEarly: boolean, terms: GasTerms): readonly LaneRecord[] {
  const perClaim = ceilDivide(CLAIM_GAS * terms.gasPrice * terms.coinPrice, COIN)
  const worth = lanes.filter((lane) => owedOn(lane) >= perClaim)
  const brings = worth.reduce((sum, lane) => sum + owedOn(lane), 0n)
  const cost = settlementCost(worth.length, terms)
  return brings >= (isEarly ? EARLY_FACTOR * cost : cost) ? worth : []
}

const owedOn = ({ charged, settled }: LaneRecord): bigint => (charged > settled ? charged - settled : 0n)

const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b
