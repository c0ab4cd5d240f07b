import { providerRegistryAbi } from '@stoa/protocol/abi'
import { createClient, custom, zeroAddress } from 'viem'
import { mine, readContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, type Market, offerOf, openMarket, openShop, randomHex, STAKE } from '../../testing/openMarket.ts'
import { getBalances } from '../getBalances.ts'
import { closeOffer } from './closeOffer.ts'
import { createOffer } from './createOffer.ts'
import { getOffer } from './getOffer.ts'
import { getProvider } from './getProvider.ts'
import { isOfferOpen } from './isOfferOpen.ts'
import { isSignerOf } from './isSignerOf.ts'
import { listOffers } from './listOffers.ts'
import { offerIdOf } from './offerIdOf.ts'
import { replaceOffer } from './replaceOffer.ts'
import { setEndpoint } from './setEndpoint.ts'
import { setSigner } from './setSigner.ts'
import { stake } from './stake.ts'
import { unbond } from './unbond.ts'
import { withdrawStake } from './withdrawStake.ts'

let market: Market
beforeAll(async () => {
  market = await openMarket()
})
afterAll(() => market.close())

test('a provider registers, changes its endpoint and its signer, and stays accountable for the former', async () => {
  const { deployment } = market
  const { provider, signer } = await openShop(market)
  const account = provider.account.address
  const endpointKey = randomHex()
  await setEndpoint(provider, { deployment, endpoint: 'https://moved.example', endpointKey })
  const next = addressOf(Uint8Array.from({ length: 32 }, () => 7))
  await setSigner(provider, { deployment, signer: next })
  expect(await getProvider(provider, { deployment, provider: account })).toMatchObject({
    endpoint: 'https://moved.example',
    endpointKey,
    stake: STAKE,
    unbonding: 0n,
    withdrawableAt: 0,
  })
  expect(await isSignerOf(provider, { deployment, provider: account, signer: next })).toBe(true)
  expect(await isSignerOf(provider, { deployment, provider: account, signer: addressOf(signer) })).toBe(true)
  expect(await isSignerOf(provider, { deployment, provider: account, signer: zeroAddress })).toBe(false)
  expect(await getProvider(provider, { deployment, provider: market.faucet.account.address })).toBeUndefined()
})

test('stake is approved once, unbonds, and leaves when its time has come', async () => {
  const { deployment } = market
  const { provider } = await openShop(market)
  const { token } = await getBalances(provider, { deployment, account: provider.account.address })
  expect((await stake(provider, { deployment, amount: 5n })).approval).toMatchObject({ gasUsed: expect.any(BigInt) })
  const { withdrawableAt } = await unbond(provider, { deployment, amount: 5n })
  expect(withdrawableAt).toBe((await market.time()) + 14 * 86_400)
  await expect(withdrawStake(provider, { deployment })).rejects.toMatchObject({
    code: 'StillUnbonding',
    args: { withdrawableAt },
  })
  await market.pass(14 * 86_400)
  expect(await withdrawStake(provider, { deployment })).toMatchObject({ amount: 5n })
  expect((await getBalances(provider, { deployment, account: provider.account.address })).token).toBe(token)
})

test('an offer is read back word for word, under an id that needs no chain', async () => {
  const { deployment } = market
  const { provider, offer, offerId } = await openShop(market, { unit: 'token', exposure: 0n })
  const checksummed = await getOffer(provider, { deployment, offerId })
  expect(offerIdOf({ deployment, offer })).toBe(offerId)
  expect(offerIdOf({ deployment, offer: checksummed })).toBe(offerId)
  expect({ ...checksummed, payee: offer.payee }).toEqual(offer)
  await expect(getOffer(provider, { deployment, offerId: randomHex() })).rejects.toMatchObject({ code: 'UnknownOffer' })
  await expect(createOffer(provider, { deployment, offer })).rejects.toMatchObject({ code: 'OfferExists' })
})

test('offers are listed in the order of creation, closed ones marked, by provider and by model', async () => {
  const { deployment } = market
  const [a, b] = [await openShop(market), await openShop(market)]
  const second = await createOffer(a.provider, { deployment, offer: offerOf(deployment, a.provider, b.modelId) })
  await closeOffer(a.provider, { deployment, offerId: a.offerId })
  const replacement = { ...b.offer, price: 1n }
  const { offerId: replaced } = await replaceOffer(b.provider, { deployment, offerId: b.offerId, offer: replacement })

  const all = await listOffers(market.faucet, { deployment })
  const ours = all.filter(({ offer }) => [a.modelId, b.modelId].includes(offer.modelId))
  expect(ours.map(({ offerId, open }) => [offerId, open])).toEqual([
    [a.offerId, false],
    [b.offerId, false],
    [second.offerId, true],
    [replaced, true],
  ])
  expect(ours[3]?.offer.price).toBe(1n)
  const ofA = await listOffers(market.faucet, { deployment, provider: a.provider.account.address })
  expect(ofA.map(({ offerId }) => offerId)).toEqual([a.offerId, second.offerId])
  const ofModel = await listOffers(market.faucet, { deployment, modelId: b.modelId })
  expect(ofModel.map(({ offerId }) => offerId)).toEqual([b.offerId, second.offerId, replaced])

  const before = { toBlock: (ours[2]?.blockNumber ?? 0n) - 1n, provider: a.provider.account.address }
  expect((await listOffers(market.faucet, { deployment, ...before })).map(({ open }) => open)).toEqual([true])
  expect(await isOfferOpen(market.faucet, { deployment, offerId: second.offerId })).toBe(true)
  await unbond(a.provider, { deployment, amount: STAKE })
  expect(await isOfferOpen(market.faucet, { deployment, offerId: second.offerId })).toBe(false)
})

test('a node that allows a few blocks a query gives the same list', async () => {
  const { deployment } = market
  await openShop(market)
  await mine(market.test, { blocks: 300 })
  await openShop(market)
  const widths: number[] = []
  const request: Parameters<typeof custom>[0]['request'] = async ({ method, params }) => {
    if (method === 'eth_getLogs') {
      const [{ fromBlock, toBlock }] = params
      widths.push(Number(toBlock) - Number(fromBlock) + 1)
      if ((widths.at(-1) ?? 0) > 50) throw { code: -32005, message: 'query exceeds max block range 50' }
    }
    return market.faucet.request({ method, params })
  }
  const transport = custom({ request }, { retryCount: 0 })
  const limited = createClient({ transport })
  const whole = await listOffers(market.faucet, { deployment })
  expect(whole.length).toBeGreaterThan(1)
  expect(await listOffers(limited, { deployment })).toEqual(whole)
  // The last range is what remained.
  expect(Math.min(...widths.filter((width) => width !== widths.at(-1)))).toBeGreaterThan(12)
})

test('a stake short of the slash cap makes no offer', async () => {
  const { deployment } = market
  const { provider, modelId } = await openShop(market)
  const offer = { ...offerOf(deployment, provider, modelId), slashCap: STAKE + 1n }
  await expect(createOffer(provider, { deployment, offer })).rejects.toMatchObject({
    code: 'InsufficientStake',
    args: { stake: STAKE, needed: STAKE + 1n },
  })
  const contract = { address: deployment.providerRegistry, abi: providerRegistryAbi } as const
  const exact = { ...offer, proofKind: 1, unit: 0 }
  expect(offerIdOf({ deployment, offer: { ...offer, proofKind: 'exact', unit: 'call' } })).toBe(
    await readContract(provider, { ...contract, functionName: 'offerIdOf', args: [exact] }),
  )
})
