import {
  type Asked,
  asked,
  askOffers,
  type Breaker,
  type Candidate,
  CLOSED,
  chooseOffers,
  failed,
  lets,
  liveStats,
  type RoutingRules,
} from '@stoa/gateway/routing'
import { chargeFor, type Hex } from '@stoa/protocol'
import { random } from '../ocr/random.ts'
import { openProviders, type SimulatedProvider, UNITS } from './providers.ts'
import { createSimulator } from './simulator.ts'

/** How a gateway puts offers in order: by rules, or by chance alone, which is no rule of ours. */
export type Policy = { name: string; rules: RoutingRules | 'random' }

export type Outcome = {
  /** Milliseconds to the answer, of calls that were answered. */
  p50: number
  p99: number
  /** Mean wei of a call, all that was charged for it included. */
  cost: number
  /** Share of calls without an answer. */
  failed: number
  /** Providers asked for a call. */
  asked: number
}

const CALLS = 6_000
/** Share of what all could answer. */
const LOAD = 0.25
const BREAKER = { coolDown: 2_000, maxCoolDown: 300_000 }

type Seller = { provider: SimulatedProvider; breaker: Breaker }
type Offered = Candidate & { seller: Seller }

/** One gateway's calls to one made-up market; the same market and the same arrivals for every policy with one seed. */
export async function simulate({ rules }: Policy, seed: number): Promise<Outcome> {
  const time = createSimulator()
  // Apart, so that what a policy draws does not change the market.
  const [market, arrivals, own] = [random(seed), random(seed + 1_000), random(seed + 2_000)]
  const interval = (providers: readonly SimulatedProvider[]) =>
    1_000 / (LOAD * providers.reduce((sum, { perSecond }) => sum + perSecond, 0))
  const providers = openProviders(time, market, CALLS * 4)
  const sellers = providers.map((provider): Seller => ({ provider, breaker: CLOSED }))
  const live = liveStats({ now: time.now })
  const latencies: number[] = []
  let [wei, asks, unanswered] = [0n, 0, 0]

  const ask = async ({ seller, offerId, charge }: Offered): Promise<Asked<true>> => {
    const began = time.now()
    asks++
    seller.breaker = asked(seller.breaker, began)
    live.began(offerId)
    const { charged, ...end } = await seller.provider.ask()
    live.ended(offerId)
    if (charged) wei += charge
    live.announced(offerId, seller.provider.load())
    if (end.kind === 'answered') {
      seller.breaker = CLOSED
      live.succeeded(offerId, { milliseconds: time.now() - began, bytes: 1_000 })
    } else {
      seller.breaker = failed(seller.breaker, time.now(), BREAKER)
      live.failed(offerId)
    }
    return end
  }
  const call = async () => {
    const began = time.now()
    const candidates = sellers.map((seller) => candidateOf(seller, live.of(seller.provider.offerId), began))
    const shuffled = () => candidates.map((each) => [own.next(), each] as const).sort(([a], [b]) => a - b)
    const byChance = () => {
      const all = shuffled().map(([, each]) => each)
      return [...all.filter(({ state }) => state === 'healthy'), ...all.filter(({ state }) => state !== 'healthy')]
    }
    const ranked =
      rules === 'random' ? byChance() : chooseOffers({ candidates, rules, bounds: {}, random: own.next }).ranked
    const hedgeAfter = rules !== 'random' && rules.hedge ? rules.hedge.afterMs : undefined
    const chargeOf = ({ charge }: Offered) => charge
    const { wait } = time
    const found = await askOffers({ ranked, ask, chargeOf, ceiling: undefined, hedgeAfter, wait, signal: undefined })
    if (found) latencies.push(time.now() - began)
    else unanswered++
  }
  const arrive = async () => {
    const mean = interval(providers)
    for (let i = 0; i < CALLS; i++) {
      await time.wait(-mean * Math.log(1 - arrivals.next()))
      void call()
    }
  }
  void arrive()
  await time.run()
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return { p50: at(0.5), p99: at(0.99), cost: Number(wei) / CALLS, failed: unanswered / CALLS, asked: asks / CALLS }
}

function candidateOf(seller: Seller, live: Candidate['live'], now: number): Offered {
  const { provider, breaker } = seller
  const price = provider.price()
  const zero: Hex = provider.offerId
  return {
    ...{ seller, live, offerId: zero, provider: provider.address, proofKind: 'attested' },
    ...{ charge: chargeFor(UNITS, price), cost: UNITS * price },
    state: lets(breaker, now) ? 'healthy' : 'resting',
  }
}
