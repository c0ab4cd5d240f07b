import { closeOffer, replaceOffer } from '@stoa/sdk'
import { expect, it } from 'vitest'
import type { LocalMarket } from '../../testing/localMarket.ts'
import type { OfferSource } from './offerSource.ts'

/** What every source of offers does, on a chain on which others trade too. */
export function offerSourceCase(name: string, open: () => { market: LocalMarket; source: OfferSource }): void {
  /** Ids of the open offers for a model, sorted. */
  const offersFor = async (modelId: bigint) => {
    const offers = await open().source.openOffers()
    return offers
      .filter(({ offer }) => offer.modelId === modelId)
      .map(({ offerId }) => offerId)
      .sort()
  }

  it(`${name}: shows an offer with all its terms as soon as it is made, and no longer when it is closed`, async () => {
    const { market, source } = open()
    const { modelId } = await market.publish(await market.account(0n), { name: 'test/a', task: 'ocr' })
    expect(await offersFor(modelId)).toEqual([])
    const { client } = await market.seller('http://127.0.0.1:1')
    const { offer, offerId } = await market.offer(client, { modelId, unit: 'pixel', price: 7n })
    const [found] = (await source.openOffers()).filter((each) => each.offer.modelId === modelId)
    const lower = Object.entries(offer).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.toLowerCase() : value,
    ])
    expect(found?.offerId).toBe(offerId)
    expect({ ...found?.offer, ...Object.fromEntries(lower) }).toEqual(Object.fromEntries(lower))
    await closeOffer(client, { deployment: market.deployment, offerId })
    expect(await offersFor(modelId)).toEqual([])
  })

  it(`${name}: shows a replacement instead of what it replaced, and other sellers' offers beside`, async () => {
    const { market } = open()
    const { deployment } = market
    const { modelId } = await market.publish(await market.account(0n), { name: 'test/b', task: 'ocr' })
    const [one, other] = [await market.seller('http://127.0.0.1:1'), await market.seller('http://127.0.0.1:2')]
    const first = await market.offer(one.client, { modelId, price: 1n })
    const second = await market.offer(other.client, { modelId, price: 2n })
    expect(await offersFor(modelId)).toEqual([first.offerId, second.offerId].sort())
    const { offerId: third } = await replaceOffer(one.client, {
      ...{ deployment, offerId: first.offerId, offer: { ...first.offer, price: 3n } },
    })
    expect(await offersFor(modelId)).toEqual([second.offerId, third].sort())
  })
}
