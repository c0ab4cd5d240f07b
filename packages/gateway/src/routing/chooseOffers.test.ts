import { type Address, chargeFor, type Hex, type ProofKind } from '@stoa/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProviderState } from '../market/health.ts'
import type { Candidate } from './candidate.ts'
import { burdenOf, chooseOffers } from './chooseOffers.ts'
import { addSample, NOTHING } from './decayed.ts'
import { type CallBounds, names } from './leaveOut.ts'
import { liveStats } from './liveStats.ts'
import type { RoutingRules } from './rules.ts'
import { combineRules } from './rules.ts'

const hex = (n: number, bytes: number): Hex => `0x${n.toString(16).padStart(2 * bytes, '0')}`
const TOKENS = { given: 5n, most: 0n }

type Figures = {
  price?: bigint
  state?: ProviderState
  proofKind?: ProofKind
  latency?: number
  /** Calls that it was seen to answer so. */
  seen?: number
  failures?: number
  inFlight?: number
  coverage?: number
}

/** An offer of provider `id` for a call of 5 tokens. */
function candidate(id: number, figures: Figures = {}): Candidate {
  const { price = 1_000_000n, state = 'healthy', proofKind = 'attested', latency, failures = 0 } = figures
  const known = latency === undefined ? NOTHING : addSample(NOTHING, Math.log(latency), 0, 1, figures.seen)
  const success = { sum: latency === undefined ? 0 : 1, weight: (latency === undefined ? 0 : 1) + failures, at: 0 }
  return {
    ...{ offerId: hex(id, 32), provider: hex(id, 20), proofKind, state },
    ...{ charge: chargeFor(5n, price), cost: 5n * price, coverage: figures.coverage },
    live: { latency: known, throughput: NOTHING, success, inFlight: figures.inFlight ?? 0, load: undefined },
  }
}

const choose = (
  candidates: Candidate[],
  rules: RoutingRules = {},
  bounds: CallBounds = { tokens: TOKENS },
  random: () => number = () => 0.5,
) => chooseOffers({ candidates, rules, bounds, random })
const idsOf = (candidates: readonly Candidate[]) => candidates.map(({ provider }) => Number(provider))

describe('sort', () => {
  it('price: by what the call costs, and by the price where small calls round to the same', () => {
    const offers = [
      candidate(1, { price: 40_000n }),
      candidate(2, { price: 20_000n }),
      candidate(3, { price: 9_000_000n }),
    ]
    expect(idsOf(choose(offers, { sort: 'price' }).ranked)).toEqual([2, 1, 3])
  })

  it('latency: who was never asked is taken to be as usual', () => {
    const offers = [
      candidate(1, { latency: 900 }),
      candidate(2),
      candidate(3, { latency: 10 }),
      candidate(4, { latency: 100 }),
    ]
    expect(idsOf(choose(offers, { sort: 'latency' }).ranked)).toEqual([3, 2, 4, 1])
  })

  it('reliability: by what share was answered', () => {
    const offers = [candidate(1, { latency: 1, failures: 3 }), candidate(2, { latency: 1, failures: 1 }), candidate(3)]
    expect(idsOf(choose(offers, { sort: 'reliability' }).ranked)).toEqual([3, 2, 1])
  })
})

describe('order and fallbacks', () => {
  const offers = [1, 2, 3, 4].map((id) => candidate(id))
  it('asks the named first, in their order, then the others', () => {
    const { ranked } = choose(offers, { order: [hex(3, 20), hex(1, 32)], sort: 'price' })
    expect(idsOf(ranked)).toEqual([3, 1, 2, 4])
  })

  it('asks nobody else without fallbacks; without an order only the first choice', () => {
    const { ranked, excluded } = choose(offers, { order: [hex(3, 20)], allowFallbacks: false, sort: 'price' })
    expect(idsOf(ranked)).toEqual([3])
    expect(excluded.map(({ by }) => by)).toEqual(['fallbacks', 'fallbacks', 'fallbacks'])
    expect(idsOf(choose(offers, { allowFallbacks: false, sort: 'price' }).ranked)).toEqual([1])
  })

  it('asks who failed lately last, even where it is named first', () => {
    const resting = [candidate(1, { state: 'resting' }), candidate(2), candidate(3, { state: 'doubted' })]
    expect(idsOf(choose(resting, { order: [hex(1, 20)], sort: 'price' }).ranked)).toEqual([2, 1, 3])
  })
})

describe('max_price', () => {
  const left = (maxPrice: RoutingRules['maxPrice'], tokens: CallBounds['tokens'], price = 1_000_000n) =>
    choose([candidate(1, { price })], { maxPrice: maxPrice ?? {} }, { tokens }).ranked.length

  it('is exact, however small the call', () => {
    for (const price of [1n, 3n, 19_999n, 20_000n, 7_654_321n]) {
      expect(left({ prompt: price, completion: price }, TOKENS, price)).toBe(1)
      expect(left({ prompt: price - 1n }, TOKENS, price)).toBe(0)
    }
  })

  it('bounds what goes in and what comes out each by its own price, and all of it by `request`', () => {
    // The offer asks 5 wei, a million times a millionth.
    const tokens = { given: 2n, most: 3n }
    expect(left({ prompt: 1_000_000n, completion: 1_000_000n }, tokens)).toBe(1)
    expect(left({ prompt: 2_500_000n, completion: 0n }, tokens)).toBe(1)
    expect(left({ prompt: 0n, completion: 1_666_666n }, tokens)).toBe(0)
    expect(left({ completion: 1_000_000n }, tokens)).toBe(1)
    expect(left({ prompt: 9_000_000n, request: 4n }, tokens)).toBe(0)
    expect(left({ prompt: 1n }, undefined)).toBe(1)
  })
})

describe('balanced', () => {
  it('never asks the slowest of all first, and draws the cheap oftener', () => {
    const offers = [
      candidate(1, { price: 1_000_000n, latency: 50, seen: 50 }),
      candidate(2, { price: 4_000_000n, latency: 50, seen: 50 }),
      candidate(3, { price: 1_000_000n, latency: 5_000, seen: 50 }),
    ]
    const first = { 1: 0, 2: 0, 3: 0 }
    const random = drawing(7)
    for (let i = 0; i < 1_000; i++) {
      const [id] = idsOf(choose(offers, {}, { tokens: TOKENS }, random).ranked)
      first[id as 1 | 2 | 3]++
    }
    expect(first[3]).toBe(0)
    expect(first[1]).toBeGreaterThan(5 * first[2])
    expect(first[2]).toBeGreaterThan(0)
  })
})

/** A linear congruential generator (Numerical Recipes, second edition, section 7.1): the same draws in every run. */
function drawing(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/**
 * Two sellers at one price and a call a second for so many seconds: `first` answers in some 50 ms, `second` in `usual` and its first call in `cold` ms. Share of the calls
 * that ask `second`, from its first one on.
 */
function shareOfSecond(seed: number, { seconds, cold, usual }: { seconds: number; cold: number; usual: number }) {
  const random = drawing(seed)
  let now = 0
  const live = liveStats({ now: () => now })
  const offers = [candidate(1), candidate(2)]
  let [asked, since] = [0, 0]
  for (; now < seconds * 1_000; now += 1_000) {
    const [chosen] = choose(
      offers.map((offer) => ({ ...offer, live: live.of(offer.offerId) })),
      {},
      { tokens: TOKENS },
      random,
    ).ranked
    if (!chosen) throw new Error('nobody was chosen')
    const isSecond = chosen.offerId === hex(2, 32)
    if (isSecond || asked > 0) since++
    if (isSecond) asked++
    const median = isSecond ? (asked === 1 ? cold : usual) : 50
    live.succeeded(chosen.offerId, { milliseconds: median * Math.exp(0.3 * (random() + random() - 1)), bytes: 100 })
  }
  return since === 0 ? 0 : asked / since
}

describe('who was slow once', () => {
  const SEEDS = Array.from({ length: 100 }, (_, i) => 1_000 * i + 7)
  const meanOf = (market: Parameters<typeof shareOfSecond>[1]) =>
    SEEDS.reduce((sum, seed) => sum + shareOfSecond(seed, market), 0) / SEEDS.length

  it('because it was cold is asked again and again within its first minutes', () => {
    expect(meanOf({ seconds: 180, cold: 3_000, usual: 50 })).toBeGreaterThan(0.08)
  })

  it('and stays slow is asked seldom', () => {
    expect(meanOf({ seconds: 600, cold: 3_000, usual: 1_000 })).toBeLessThan(0.01)
  })
})

const name = fc.nat(6).chain((id) => fc.constantFrom<(Address | Hex)[]>(hex(id, 20), hex(id, 32)))
const names_ = fc.array(name, { maxLength: 4 })
const opt = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })
const rules = fc
  .record({
    ...{ order: opt(names_), only: opt(names_), ignore: opt(names_), allowFallbacks: opt(fc.boolean()) },
    sort: opt(fc.constantFrom('price', 'latency', 'throughput', 'reliability')),
    maxPrice: opt(
      fc.record({ prompt: fc.bigInt({ min: 0n, max: 9_000_000n }), request: fc.bigInt({ min: 0n, max: 40n }) }),
    ),
    ...{ requireProof: opt(fc.boolean()), minCoverage: opt(fc.nat(5)), maxRetention: opt(fc.nat(5)) },
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined)) as RoutingRules)
const figures = fc.record({
  price: fc.bigInt({ min: 0n, max: 10_000_000n }),
  state: fc.constantFrom<ProviderState>('healthy', 'resting', 'doubted', 'distrusted'),
  proofKind: fc.constantFrom<ProofKind>('exact', 'attested'),
  retentionSeconds: opt(fc.nat(9)),
  ...{ latency: fc.integer({ min: 1, max: 1_000 }), failures: fc.nat(5), inFlight: fc.nat(5), coverage: fc.nat(9) },
})
const market = fc.array(figures, { maxLength: 7 }).map((all) => all.map((each, id) => candidate(id, each)))
const wei = opt(fc.bigInt({ min: 0n, max: 50n }))

describe('whatever the rules', () => {
  it('nobody is asked outside them, and everybody is either asked or excluded, once', () => {
    fc.assert(
      fc.property(
        market,
        rules,
        rules,
        wei,
        wei,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (offers, owner, caller, ceiling, budget, draws) => {
          const both = combineRules(owner, caller)
          const random = () => draws.next().value ?? 0
          const { ranked, excluded } = choose(offers, both, { ceiling, budget, tokens: TOKENS }, random)
          const all = [...ranked, ...excluded.map((each) => each.candidate)]
          expect(new Set(all).size).toBe(all.length)
          expect(all).toHaveLength(offers.length)
          for (const offer of ranked) {
            const is = names(offer)
            for (const set of [owner, caller]) {
              if (set.only) expect(set.only.some(is)).toBe(true)
              expect(set.ignore?.some(is) ?? false).toBe(false)
              if (set.requireProof) expect(offer.proofKind).toBe('exact')
              if (set.maxRetention !== undefined)
                expect(offer.retentionSeconds ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(set.maxRetention)
              if (set.minCoverage) expect(offer.coverage ?? 0).toBeGreaterThanOrEqual(set.minCoverage)
              if (set.maxPrice?.request !== undefined) expect(offer.charge <= set.maxPrice.request).toBe(true)
              if (set.maxPrice?.prompt !== undefined) expect(offer.cost <= 5n * set.maxPrice.prompt).toBe(true)
            }
            if (ceiling !== undefined) expect(offer.charge <= ceiling).toBe(true)
            if (budget !== undefined) expect(offer.charge <= budget).toBe(true)
            expect(offer.state).not.toBe('distrusted')
          }
          const firstOther = ranked.findIndex(({ state }) => state !== 'healthy')
          if (firstOther >= 0) expect(ranked.slice(firstOther).every(({ state }) => state !== 'healthy')).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('of the healthy and well known the one that weighs most, by cost and wait, comes last where nobody asks for an order', () => {
    const known = fc.array(figures, { maxLength: 7 })
    fc.assert(
      fc.property(known, fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (all, draws) => {
        const healthy = all.map((each, id) => candidate(id, { ...each, seen: 1e8, state: 'healthy' }))
        const { ranked } = choose(healthy, {}, {}, () => draws.next().value ?? 0)
        const sorted = all.map(({ latency }) => latency).sort((a, b) => a - b)
        const usual = sorted[Math.floor(sorted.length / 2)] ?? 1
        const burdens = ranked.map((offer) => burdenOf(offer, usual))
        // But for the doubt that is left of who is well known.
        if (burdens.length > 0) expect(burdens.at(-1)).toBeGreaterThan(0.99 * Math.max(...burdens))
      }),
    )
  })
})
