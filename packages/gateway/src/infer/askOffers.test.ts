import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Asked, askOffers, MAX_VOUCHERS } from './askOffers.ts'

type Offer = { id: number; charge: bigint; ticks: number; ends: Asked<number>['kind'] | 'rejected' }

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const tick = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Asks made-up offers and looks, at every moment, at what is out. */
async function run(offers: readonly Offer[], ceiling: bigint | undefined, hedgeAfter: number | undefined) {
  const asked: number[] = []
  const out = new Set<Offer>()
  const most = { vouchers: 0, wei: 0n, atOnce: 0 }
  const underWay = new Set<Offer>()
  const ask = async (offer: Offer): Promise<Asked<number>> => {
    asked.push(offer.id)
    out.add(offer)
    underWay.add(offer)
    most.vouchers = Math.max(most.vouchers, out.size)
    most.atOnce = Math.max(most.atOnce, underWay.size)
    const wei = [...out].reduce((sum, { charge }) => sum + charge, 0n)
    if (wei > most.wei) most.wei = wei
    for (let i = 0; i < offer.ticks; i++) await tick()
    underWay.delete(offer)
    if (offer.ends !== 'spent' && offer.ends !== 'answered') out.delete(offer)
    if (offer.ends === 'rejected') throw new Error('no voucher')
    return offer.ends === 'answered' ? { kind: 'answered', result: offer.id } : { kind: offer.ends }
  }
  const parameters = { ranked: offers, ask, chargeOf: ({ charge }: Offer) => charge, ceiling, hedgeAfter, wait }
  const found = await askOffers({ ...parameters, signal: undefined }).catch((error: Error) => error)
  if (found && !(found instanceof Error)) await Promise.all(found.beside.map(({ done }) => done))
  return { asked, most, found }
}

const offer = fc.record({
  charge: fc.bigInt({ min: 0n, max: 10n }),
  ticks: fc.nat(6),
  ends: fc.constantFrom<Offer['ends']>('answered', 'spent', 'refused', 'unsent', 'rejected'),
})
const offers = fc.array(offer, { maxLength: 8 }).map((all) => all.map((each, id): Offer => ({ id, ...each })))

it('asks nobody twice, has at most two vouchers out, and never more wei than the ceiling', async () => {
  await fc.assert(
    fc.asyncProperty(
      offers,
      fc.option(fc.bigInt({ min: 0n, max: 20n }), { nil: undefined }),
      fc.constantFrom(undefined, 0, 1),
      async (offers, ceiling, hedgeAfter) => {
        const { asked, most, found } = await run(offers, ceiling, hedgeAfter)
        expect(new Set(asked).size).toBe(asked.length)
        expect(most.vouchers).toBeLessThanOrEqual(MAX_VOUCHERS)
        expect(most.atOnce).toBeLessThanOrEqual(hedgeAfter === undefined ? 1 : 2)
        if (ceiling !== undefined) expect(most.wei <= ceiling).toBe(true)
        if (found && !(found instanceof Error)) expect(offers[found.result]?.ends).toBe('answered')
        // Who does without a hedge asks in order, and stops at the first answer.
        if (hedgeAfter === undefined && ceiling === undefined)
          expect(asked).toEqual(offers.slice(0, asked.length).map(({ id }) => id))
      },
    ),
    { numRuns: 300 },
  )
})

it('gives up only when nobody is left that may be asked', async () => {
  await fc.assert(
    fc.asyncProperty(offers, async (offers) => {
      const { asked, found } = await run(offers, undefined, undefined)
      if (found !== undefined) return
      const spent = offers.filter(({ id, ends }) => asked.includes(id) && ends === 'spent').length
      expect(spent === MAX_VOUCHERS || asked.length === offers.length).toBe(true)
    }),
  )
})

it('returns the hedge that is faster, and tells what is still under way', async () => {
  const { promise: first, resolve } = Promise.withResolvers<Asked<string>>()
  const asked: string[] = []
  const ask = (offer: string): Promise<Asked<string>> => {
    asked.push(offer)
    return offer === 'slow' ? first : Promise.resolve({ kind: 'answered', result: offer })
  }
  const ranked = ['slow', 'dear', 'cheap']
  const chargeOf = (offer: string) => (offer === 'dear' ? 5n : 3n)
  // Beside the first, which may cost 3, there is room for another 3.
  const found = await askOffers({ ranked, ask, chargeOf, ceiling: 6n, hedgeAfter: 0, wait, signal: undefined })
  expect(asked).toEqual(['slow', 'cheap'])
  expect(found).toMatchObject({ result: 'cheap', beside: [{ offer: 'slow' }] })
  resolve({ kind: 'refused' })
  expect(await found?.beside[0]?.done).toMatchObject({ asked: { kind: 'refused' } })
})

it('places no hedge where both together are over the ceiling', async () => {
  const asked: string[] = []
  const ask = async (offer: string): Promise<Asked<string>> => {
    asked.push(offer)
    await new Promise((resolve) => setTimeout(resolve, 20))
    return { kind: 'answered', result: offer }
  }
  const chargeOf = () => 3n
  const ranked = ['slow', 'fast']
  const found = await askOffers({ ranked, ask, chargeOf, ceiling: 5n, hedgeAfter: 0, wait, signal: undefined })
  expect(found).toMatchObject({ result: 'slow', beside: [] })
  expect(asked).toEqual(['slow'])
})

it('asks nobody after the caller gave up, and keeps what is under way', async () => {
  const controller = new AbortController()
  const never = askOffers({
    ...{
      ranked: [0, 1],
      chargeOf: () => 0n,
      ceiling: undefined,
      hedgeAfter: undefined,
      wait,
      signal: controller.signal,
    },
    ask: async () => {
      controller.abort(new Error('gone'))
      return { kind: 'refused' }
    },
  })
  await expect(never).rejects.toThrow('gone')
})
