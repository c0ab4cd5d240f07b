import type { Address } from '@stoa/protocol'
import type { Secp256k1 } from '@stoa/protocol/secp256k1'
import type { Disputer, DisputerStatus } from './disputes/createDisputer.ts'
import type { Market } from './market/createMarket.ts'
import type { Health, ProviderHealth } from './market/health.ts'
import type { LaneBook } from './payment/openLaneBook.ts'
import type { RerunCounts, RerunTable } from './rerun/rerunTable.ts'
import type { EvidenceTable } from './store/evidenceTable.ts'
import type { AccountView, AccountWatch } from './watch/createAccountWatch.ts'
import type { Overcharge } from './watch/findOvercharge.ts'

/** How the gateway stands. Amounts in wei, times in milliseconds since 1970 unless they say otherwise. */
export type GatewayStatus = {
  payer: Address
  /** Address of the session key that signs vouchers. */
  key: Address
  /** Which implementation signs and checks. */
  signatures: Secp256k1['kind']
  /** The deposit as last read; undefined before. */
  account: AccountView | undefined
  /** Wei that can still be promised. */
  available: bigint
  models: number
  offers: number
  /** When the market was last read. */
  marketReadAt: number | undefined
  /** Providers that are not healthy. */
  providers: { provider: Address; health: ProviderHealth }[]
  /** `doubt`: calls whose outcome is asked for. `retired`: lanes never used again. */
  lanes: { free: number; inFlight: number; doubt: number; retired: number }
  /** Answers that failed a check, kept as evidence. */
  evidence: number
  /** Exact answers computed again here, by what came of it. */
  reruns: RerunCounts
  /** Disputes from this gateway's dispute account; undefined where it has none. */
  disputes: DisputerStatus | undefined
  /** Lanes whose seller settled more than its last receipt says. */
  overcharged: Overcharge[]
  /** What this gateway keeps to by itself, whoever calls. */
  bounds: Bounds
  /** Why calls can't be answered now, a sentence each; empty when they can. */
  problems: string[]
}

/** Bounds on what is spent; null where there is none. */
export type Bounds = {
  /** Most wei for one call. */
  maxPricePerCall: bigint | null
  /** Calls in flight. */
  inFlight: number
  /** Share of exact answers that are computed again. */
  rerunShare: number
  /** Bonds that may be out in disputes at once; null without a dispute account. */
  mostBonds: number | null
  /** Wei that a conviction must bring to be worth a dispute; null: as much as a bond, or no dispute account. */
  leastReward: bigint | null
}

export type ReadStatusParameters = {
  payer: Address
  key: Address
  signatures: Secp256k1['kind']
  market: Market
  health: Health
  account: AccountWatch
  lanes: LaneBook
  evidence: EvidenceTable
  reruns: Pick<RerunTable, 'counts'>
  disputer: Pick<Disputer, 'status'> | undefined
  bounds: Bounds
  now: () => number
}

export function readStatus(parameters: ReadStatusParameters): GatewayStatus {
  const { payer, key, signatures, market, health, account, lanes, evidence } = parameters
  const models = market.models()
  const count = { free: 0, inFlight: 0, doubt: 0, retired: 0 }
  for (const { status, inFlight } of lanes.lanes()) {
    if (status === 'open') count[inFlight ? 'inFlight' : 'doubt']++
    else count[status]++
  }
  return {
    payer,
    key,
    signatures,
    account: account.view(),
    available: account.available(),
    models: models.length,
    offers: models.reduce((sum, { listings }) => sum + listings.length, 0),
    marketReadAt: market.freshness().readAt,
    providers: health.list(),
    lanes: count,
    evidence: evidence.count(),
    reruns: parameters.reruns.counts(),
    disputes: parameters.disputer?.status(),
    overcharged: account.overcharged(),
    bounds: parameters.bounds,
    problems: problemsOf(parameters),
  }
}

function problemsOf({ market, health, account, now }: ReadStatusParameters): string[] {
  const view = account.view()
  const { readAt, error } = market.freshness()
  const sellers = market.models().flatMap(({ listings }) => listings)
  const isHealthy = sellers.some(({ provider }) => health.stateOf(provider.address) === 'healthy')
  const problems: string[] = []
  if (error !== undefined || readAt === undefined) problems.push('The chain can not be read.')
  else if (sellers.length === 0) problems.push('Nothing is on offer.')
  else if (!isHealthy) problems.push('No provider is healthy.')
  if (view && view.keyValidUntil * 1000 <= now()) problems.push('The session key is not registered.')
  else if (view && account.available() === 0n) problems.push('The deposit is spent.')
  return problems
}
