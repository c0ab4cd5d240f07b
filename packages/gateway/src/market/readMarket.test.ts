import { bytesToHex, encodeOfferTerms, sha256 } from '@stoa/protocol'
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

it('says for how long sellers keep what is asked, and asks those alone that keep it as short as wanted', async () => {
  const { market } = shop
  const terms = encodeOfferTerms({ stoa: 'terms/1', retentionSeconds: 3_600 })
  const { sellers, modelId, weights } = await shop.sell('test/kept', 1_000_000n)
  const [seller] = sellers
  if (!seller) throw new Error('a seller is needed')
  await seller.provider.hold(terms)
  const promise = async (bytes: Uint8Array) => {
    const { offer, offerId } = await market.offer(seller.client, {
      modelId,
      price: 2_000_000n,
      terms: bytesToHex(sha256(bytes)),
    })
    seller.provider.sell(offerId, { offer, weights })
    return offerId
  }
  const short = await promise(terms)
  const unread = await promise(encodeOfferTerms({ stoa: 'terms/1', retentionSeconds: 0 }))
  const { gateway } = await shop.gateway()
  const listed = (await (await gateway.app.request('/v1/models/test%2Fkept')).json()) as {
    stoa: { offers: { offer_id: string; retention_seconds: number | null }[] }
  }
  expect(new Map(listed.stoa.offers.map((offer) => [offer.offer_id, offer.retention_seconds]))).toEqual(
    new Map([
      [seller.offerId, null],
      [short, 3_600],
      [unread, null],
    ]),
  )
  const ask = async (seconds: number) => {
    const body = { model: 'test/kept', input: 'hello', provider: { max_retention_seconds: seconds } }
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await gateway.app.request('/v1/embeddings', init)
    return response.json() as Promise<{ error?: { code: string; message: string }; stoa?: { offer_id: string } }>
  }
  // The dearest of three, and the only one that says so.
  expect((await ask(3_600)).stoa).toMatchObject({ offer_id: short })
  expect((await ask(3_599)).error).toMatchObject({
    code: 'no_offer_left',
    message: expect.stringContaining('3 excluded by max_retention_seconds'),
  })
})
