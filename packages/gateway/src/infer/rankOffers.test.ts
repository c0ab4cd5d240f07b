import type { Address, Hex, Unit } from '@stoa/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProviderState } from '../market/health.ts'
import type { ListedModel, Listing } from '../market/market.ts'
import { embeddingRequest } from '../tasks/embedding.ts'
import { idsOfWord } from '../testing/letters.ts'
import { rankOffers } from './rankOffers.ts'

const hex = (n: number, bytes: number): Hex => `0x${n.toString(16).padStart(2 * bytes, '0')}`

function listing(id: number, price: bigint, unit: Unit = 'token'): Listing {
  const provider = hex(id, 20)
  const nobody = hex(0, 20)
  const nothing = hex(0, 32)
  return {
    offerId: hex(id, 32),
    offer: {
      ...{
        provider,
        payee: provider,
        modelId: 1n,
        modelVersion: 1,
        unit,
        price,
        ownerSharePpm: 0,
        proofKind: 'attested',
      },
      ...{ arbiter: nobody, profile: nothing, escrow: nobody, sink: nobody, exposure: 1n, slashCap: 1n },
      ...{ terms: nothing, salt: nothing },
    },
    provider: { address: provider, endpoint: 'http://127.0.0.1', signer: provider },
    proofKind: 'attested',
  }
}

function model(listings: Listing[]): ListedModel {
  const words = { title: '', description: '', licence: '', source: '' }
  return {
    ...{
      name: 'test',
      modelId: 1n,
      version: 1,
      owner: hex(1, 20),
      weightsDigest: hex(1, 32),
      publishedAt: 0,
      listings,
    },
    card: { stoa: 'model-card/1', name: 'test', task: 'embedding', ...words, files: [] },
  }
}

const request = embeddingRequest([idsOfWord('hello')])
const rank = (
  listings: Listing[],
  stateOf: (provider: Address) => ProviderState = () => 'healthy',
  maxPrice?: bigint,
) =>
  rankOffers({ model: model(listings), request, stateOf, maxPrice }).map(({ listing: { offerId } }) => Number(offerId))

describe('rankOffers', () => {
  it('compares what this call costs, not prices of different units', () => {
    // 5 tokens at 1 wei, or a call at 4 wei.
    expect(rank([listing(1, 1_000_000n), listing(2, 4_000_000n, 'call')])).toEqual([2, 1])
  })

  it('takes the lower price where a small call rounds to the same', () => {
    expect(rank([listing(1, 40_000n), listing(2, 20_000n)])).toEqual([2, 1])
  })

  it('asks those that failed lately last, and those that lied not at all', () => {
    const states: ProviderState[] = ['healthy', 'distrusted', 'resting', 'healthy']
    const offers = [listing(1, 1n), listing(2, 2_000_000n), listing(3, 3_000_000n)]
    expect(rank(offers, (provider) => states[Number(provider)] ?? 'healthy')).toEqual([3, 2])
    expect(() => rank(offers, () => 'distrusted')).toThrow('No provider of "test" can answer now.')
  })

  it('never leaves the ceiling, and always goes up in charge among the healthy', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 10_000_000n }), { minLength: 1, maxLength: 20 }),
        fc.bigInt({ min: 0n, max: 60n }),
        (prices, maxPrice) => {
          const listings = prices.map((price, i) => listing(i, price))
          const least =
            prices.map((price) => (5n * price + 999_999n) / 1_000_000n).sort((a, b) => Number(a - b))[0] ?? 0n
          const run = () => rankOffers({ model: model(listings), request, stateOf: () => 'healthy', maxPrice })
          if (least > maxPrice) {
            expect(run).toThrow(`${least} wei`)
            return
          }
          const charges = run().map(({ charge }) => charge)
          expect(charges[0]).toBe(least)
          expect(charges.every((charge) => charge <= maxPrice)).toBe(true)
          expect(charges).toEqual([...charges].sort((a, b) => Number(a - b)))
        },
      ),
    )
  })
})
