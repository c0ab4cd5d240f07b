import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RunningIndexer, startIndexer } from '@stoa/indexer'
import { freePort } from '@stoa/localnet'
import { offerIdOf } from '@stoa/sdk'
import { createIndexClient, type IndexedOffer } from '@stoa/sdk/index-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { GatewayEvent } from '../../logger.ts'
import { type LocalMarket, startMarket } from '../../testing/localMarket.ts'
import { chainOffers } from './chainOffers.ts'
import { indexedOffers } from './indexedOffers.ts'
import { offerSourceCase } from './offerSource.case.ts'
import { preferIndex } from './preferIndex.ts'

let market: LocalMarket
let index: RunningIndexer

beforeAll(async () => {
  market = await startMarket()
  const { rpcUrl, deployment } = market
  index = await startIndexer({ folder: market.folder(), rpcUrl, deployment, port: await freePort() })
  const client = createIndexClient({ url: index.url, timeout: 30_000 })
  while (!(await client.status()).ready) await new Promise((resolve) => setTimeout(resolve, 50))
})
afterAll(async () => {
  await index?.stop()
  await market?.close()
})

const onChain = () => chainOffers(market.reader, { deployment: market.deployment })
const throughIndex = (url = index.url) =>
  indexedOffers(createIndexClient({ url, timeout: 30_000 }), market.reader, market.deployment)

offerSourceCase('chain', () => ({ market, source: onChain() }))
offerSourceCase('index', () => ({ market, source: throughIndex() }))
offerSourceCase('index, else chain', () => ({ market, source: preferIndex(throughIndex(), onChain(), () => {}) }))
offerSourceCase('chain, because there is no index', () => {
  return { market, source: preferIndex(throughIndex('http://127.0.0.1:1'), onChain(), () => {}) }
})

type Row = Record<string, unknown>

/** The real index behind someone who changes the offers that it tells. */
async function liar(change: (rows: Row[]) => Row[]) {
  const server = createServer(async (request, response) => {
    const answer = await fetch(`${index.url}${request.url}`)
    const text = await answer.text()
    const lies = request.url?.startsWith('/sql/') ? JSON.stringify({ rows: change(JSON.parse(text).rows) }) : text
    response.writeHead(answer.status).end(lies)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

async function anOffer() {
  const { modelId } = await market.publish(await market.account(0n), { name: 'test/lied', task: 'ocr' })
  const { client } = await market.seller('http://127.0.0.1:1')
  const { offer, offerId } = await market.offer(client, { modelId, price: 9n })
  const asked = createIndexClient({ url: index.url, timeout: 30_000 })
  const head = await market.block()
  while ((await asked.status()).block < head) await new Promise((resolve) => setTimeout(resolve, 50))
  return { offer, offerId }
}

it('uses nothing of an index that alters the terms of an offer, and says why', async () => {
  const { offerId } = await anOffer()
  const { url, close } = await liar((rows) => rows.map((row) => (row.id === offerId ? { ...row, price: '1' } : row)))
  await expect(throughIndex(url).openOffers()).rejects.toMatchObject({ code: 'INDEX_UNUSABLE' })
  const events: GatewayEvent[] = []
  const offers = await preferIndex(throughIndex(url), onChain(), (event) => events.push(event)).openOffers()
  expect(offers.find((each) => each.offerId === offerId)?.offer.price).toBe(9n)
  expect(events).toMatchObject([{ type: 'offers-from', source: 'chain', error: { code: 'INDEX_UNUSABLE' } }])
  close()
})

it('leaves out an offer that the ledger does not have, however well its terms hash', async () => {
  const { offer, offerId } = await anOffer()
  const { deployment } = market
  const cheap: IndexedOffer['offer'] = { ...offer, price: 1n }
  const made = offerIdOf({ deployment, offer: cheap })
  const { url, close } = await liar((rows) =>
    rows.flatMap((row) => (row.id === offerId ? [row, { ...row, id: made, price: '1' }] : [row])),
  )
  const ids = (await throughIndex(url).openOffers()).map((each) => each.offerId)
  expect(ids).toContain(offerId)
  expect(ids).not.toContain(made)
  close()
})

it('can be kept from an offer by an index that hides it', async () => {
  const { offerId } = await anOffer()
  const { url, close } = await liar((rows) => rows.filter((row) => row.id !== offerId))
  expect((await throughIndex(url).openOffers()).map((each) => each.offerId)).not.toContain(offerId)
  close()
})
