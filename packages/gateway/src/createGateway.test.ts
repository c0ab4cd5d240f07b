import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddingRequest, readEmbeddingAnswer } from './tasks/embedding.ts'
import { idsOfWord } from './testing/letters.ts'
import { openShop } from './testing/shop.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const request = embeddingRequest([idsOfWord('hello')])
const buy = (model: string) => ({ model, request })

describe('buying', () => {
  it('takes the cheapest, pays what the receipt says, and keeps it', async () => {
    const { sellers } = await shop.sell('test/cheapest', 3_000_000n, 2_000_000n, 4_000_000n)
    const { gateway } = await shop.gateway()
    const bought = await gateway.infer(buy('test/cheapest'))
    expect(readEmbeddingAnswer(request, bought.response, { isExact: false })).toHaveLength(512)
    expect(bought).toMatchObject({ offerId: sellers[1]?.offerId, costWei: 10n })
    expect(bought.provider).toBe(sellers[1]?.address.toLowerCase())
    const { receipts } = gateway.receipts()
    expect(receipts).toHaveLength(1)
    expect(receipts[0]).toEqual(bought.record)
    expect(gateway.status()).toMatchObject({ available: 999_990n, problems: [], lanes: { free: 1 } })
  })

  it('goes on counting on the same lane', async () => {
    const { sellers } = await shop.sell('test/again', 1_000_000n)
    const { gateway } = await shop.gateway()
    for (let i = 0; i < 3; i++) await gateway.infer(buy('test/again'))
    const vouchers = sellers[0]?.provider.seen ?? []
    expect(vouchers.map(({ maxCumulative }) => maxCumulative)).toEqual([5n, 10n, 15n])
    expect(new Set(vouchers.map(({ lane }) => lane)).size).toBe(1)
  })

  it('buys nothing from a model whose texts nobody lets it read', async () => {
    const { provider } = await shop.sellUnread('test/unread', 1_000_000n)
    const { gateway } = await shop.gateway()
    const response = await gateway.app.request('/v1/embeddings', {
      method: 'POST',
      body: JSON.stringify({ model: 'test/unread', input: 'hello' }),
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({
      error: { code: 'tokenizer_unavailable', message: expect.stringContaining('nobody gives vocab.json') },
    })
    expect(provider.seen).toEqual([])
  })

  it('uses a lane for each call in flight', async () => {
    const { sellers } = await shop.sell('test/lanes', 1_000_000n)
    const { gateway } = await shop.gateway()
    await Promise.all([1, 2, 3].map(() => gateway.infer(buy('test/lanes'))))
    const vouchers = sellers[0]?.provider.seen ?? []
    expect(new Set(vouchers.map(({ lane }) => lane)).size).toBe(3)
    expect(vouchers.map(({ maxCumulative }) => maxCumulative)).toEqual([5n, 5n, 5n])
  })

  it('falls back to the next when one is down, and asks it last from then on', async () => {
    const { sellers } = await shop.sell('test/down', 1_000_000n, 2_000_000n)
    const { gateway } = await shop.gateway({ timeouts: { coolDown: 3_600_000 } })
    await sellers[0]?.provider.close()
    expect((await gateway.infer(buy('test/down'))).offerId).toBe(sellers[1]?.offerId)
    expect(gateway.status().providers).toMatchObject([{ health: { state: 'resting' } }])
    expect(gateway.status().lanes).toMatchObject({ doubt: 0, retired: 0 })
  })

  it('finds a model that was offered after it started', async () => {
    const { gateway } = await shop.gateway()
    await shop.sell('test/late', 1_000_000n)
    await expect(gateway.infer(buy('test/late'))).resolves.toMatchObject({ costWei: 5n })
  })

  it('tells models of one name by their ids; the first has the name', async () => {
    const first = await shop.sell('test/twin', 2_000_000n)
    const second = await shop.sell('test/twin', 1_000_000n)
    const { gateway } = await shop.gateway()
    expect((await gateway.infer(buy('test/twin'))).model.modelId).toBe(first.modelId)
    expect((await gateway.infer(buy(`test/twin@${second.modelId}`))).model.modelId).toBe(second.modelId)
  })

  it('finishes and records a call whose caller gave up', async () => {
    const { sellers } = await shop.sell('test/abort', 1_000_000n)
    const { gateway } = await shop.gateway()
    const controller = new AbortController()
    sellers[0]?.provider.behave({
      afterwards: (response, { header, body }) => {
        controller.abort()
        response.writeHead(200, { 'stoa-receipt': header }).end(body)
      },
    })
    await expect(gateway.infer({ ...buy('test/abort'), signal: controller.signal })).rejects.toThrow('aborted')
    await gateway.infer(buy('test/abort'))
    await expect.poll(() => gateway.receipts().receipts).toHaveLength(2)
  })
})

describe('refusing before any money is promised', () => {
  it('an unknown model', async () => {
    const { gateway } = await shop.gateway()
    await expect(gateway.infer(buy('test/none'))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', status: 404 })
  })

  it('a price over the ceiling, and falls back to nothing dearer', async () => {
    const { sellers } = await shop.sell('test/dear', 1_000_000n, 10_000_000n)
    const { gateway } = await shop.gateway({ maxPricePerCall: 4n })
    const error = { code: 'PRICE_TOO_HIGH', price: 5n, maxPrice: 4n }
    await expect(gateway.infer(buy('test/dear'))).rejects.toMatchObject(error)
    const { gateway: richer } = await shop.gateway({ maxPricePerCall: 5n })
    sellers[0]?.provider.behave({ refuse: 'OVERLOADED' })
    await expect(richer.infer(buy('test/dear'))).rejects.toMatchObject({ code: 'NO_PROVIDER' })
    expect(sellers[1]?.provider.seen).toEqual([])
  })

  it('a call that the deposit does not cover', async () => {
    const { sellers } = await shop.sell('test/poor', 1_000_000n)
    const { gateway } = await shop.gateway({}, 7n)
    await gateway.infer(buy('test/poor'))
    const error = { code: 'INSUFFICIENT_DEPOSIT', status: 402, available: 2n, needed: 5n }
    await expect(gateway.infer(buy('test/poor'))).rejects.toMatchObject(error)
    expect(sellers[0]?.provider.seen).toHaveLength(1)
  })

  it('a session key that is not registered', async () => {
    await shop.sell('test/key', 1_000_000n)
    const { payer } = await shop.market.payer(100n)
    const { gateway } = await shop.gateway({ payer, sessionKey: new Uint8Array(32).fill(7) })
    await expect(gateway.infer(buy('test/key'))).rejects.toMatchObject({ code: 'KEY_NOT_REGISTERED' })
  })

  it('a folder in use, and one of another payer', async () => {
    const { parameters, gateway } = await shop.gateway()
    await expect(shop.gateway(parameters)).rejects.toMatchObject({ code: 'STATE_FOLDER' })
    await gateway.close()
    const other = await shop.market.payer(1n)
    const { payer, sessionKey } = other
    await expect(shop.gateway({ folder: parameters.folder, payer, sessionKey })).rejects.toThrow('another gateway')
  })
})

describe('a chain that does not answer', () => {
  it('is told by every call and by the status', async () => {
    const { rpcUrl: _, ...rest } = (await shop.gateway()).parameters
    const folder = shop.market.folder()
    const { gateway } = await shop.gateway({ ...rest, folder, rpcUrl: 'http://127.0.0.1:1' })
    await expect(gateway.infer(buy('test/any'))).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE', retry: true })
    expect(gateway.status().problems).toEqual(['The chain can not be read.'])
  })
})
