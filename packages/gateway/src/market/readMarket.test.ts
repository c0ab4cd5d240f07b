import { closeOffer, publishVersion, unbond } from '@stoa/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openShop } from '../testing/shop.ts'

// What a gateway sees of a real chain.
let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

/** Offers that a new gateway knows of the model. */
async function offersOf(name: string): Promise<string[]> {
  const { gateway } = await shop.gateway()
  const response = await gateway.app.request(`/v1/models/${name}`)
  const body = (await response.json()) as { stoa?: { offers: { offer_id: string }[] } }
  return body.stoa?.offers.map(({ offer_id }) => offer_id).sort() ?? []
}

it('lists what is open, backed by stake, and paid through our escrow in units that both sides count', async () => {
  const { market } = shop
  const { sellers, modelId } = await shop.sell('test/many', 1n, 2n, 3n, 4n)
  const [open, closed, thin, stranger] = sellers
  if (!open || !closed || !thin || !stranger) throw new Error('four sellers are needed')
  const { deployment } = market
  await closeOffer(closed.client, { deployment, offerId: closed.offerId })
  await unbond(thin.client, { deployment, amount: 10n ** 7n })
  await stranger.moveTo('ftp://example.com')
  await market.offer(open.client, { modelId, unit: 'byte' })
  await market.offer(open.client, { modelId, unit: 'pixel' })
  const second = await market.offer(open.client, { modelId, unit: 'call' })
  expect(await offersOf('test/many')).toEqual([open.offerId, second.offerId].sort())
})

it('lists the active version alone', async () => {
  const { market } = shop
  const { sellers, modelId, owner } = await shop.sell('test/versions', 1n)
  const digest = `0x${'12'.repeat(32)}` as const
  await publishVersion(owner, { deployment: market.deployment, modelId, card: digest, weights: digest })
  await market.offer(sellers[0]?.client ?? owner, { modelId, modelVersion: 2 })
  expect(await offersOf('test/versions')).toEqual([sellers[0]?.offerId])
})

it('leaves out a model whose card nobody has, and takes it up when somebody does', async () => {
  const { market } = shop
  const owner = await market.account(0n)
  const { modelId, held } = await market.publish(owner, { name: 'test/carded', task: 'embedding' })
  const { sellers } = await shop.sell('test/other', 1n)
  const [seller] = sellers
  if (!seller) throw new Error('a seller is needed')
  const { offerId } = await market.offer(seller.client, { modelId })
  expect(await offersOf('test/carded')).toEqual([])
  for (const bytes of held) await seller.provider.hold(bytes)
  expect(await offersOf('test/carded')).toEqual([offerId])
})
