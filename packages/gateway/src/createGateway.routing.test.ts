import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { encodeLoad, LOAD_HEADER } from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { StoaGateway } from './gateway.ts'
import type { GatewayEvent } from './logger.ts'
import { openShop } from './testing/shop.ts'
import type { Behaviour } from './testing/testProvider.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

type Answer = {
  status: number
  body: Record<string, unknown> & {
    error?: { code: string; message: string }
    stoa?: { provider: string; hedge?: { provider: string; at_most_wei: string } }
    usage?: { cost_wei: string }
  }
}

/** Asks a gateway's app as an OpenAI client does; `hello` is 5 tokens. */
async function ask(
  { app }: Pick<StoaGateway, 'app'>,
  path: string,
  { method = 'POST', key, ...body }: { method?: string; key?: string } & Record<string, unknown> = {},
): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) }
  const hasBody = method === 'POST' || method === 'PATCH'
  const response = await app.request(path, { method, headers, ...(hasBody && { body: JSON.stringify(body) }) })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

let models = 0
/** Sellers of a new model at these prices, and how to ask for an embedding of "hello". */
async function sellersAt(...prices: bigint[]) {
  const model = `test/routing-${models++}`
  const { sellers } = await shop.sell(model, ...prices)
  const addresses = sellers.map(({ address }) => address.toLowerCase())
  const [a, b, c] = sellers
  if (!a || !b) throw new Error('two sellers are needed')
  const embed = (gateway: StoaGateway, more: Record<string, unknown> = {}) =>
    ask(gateway, '/v1/embeddings', { model, input: 'hello', ...more })
  return { model, sellers, addresses, embed, a, b, c }
}

describe('the member `provider`', () => {
  it('decides who is asked, and in which order', async () => {
    const { embed, addresses } = await sellersAt(1_000_000n, 2_000_000n, 3_000_000n)
    const { gateway } = await shop.gateway()
    const [cheap, middle, dear] = addresses
    const seller = async (provider: Record<string, unknown>) => (await embed(gateway, { provider })).body.stoa?.provider
    expect(await seller({})).toBe(cheap)
    expect(await seller({ order: [dear] })).toBe(dear)
    expect(await seller({ ignore: [cheap?.toUpperCase().replace('0X', '0x')] })).toBe(middle)
    expect(await seller({ only: [middle, dear], sort: 'price' })).toBe(middle)
  })

  it('says which rule left out whom', async () => {
    const { embed, addresses } = await sellersAt(1_000_000n, 2_000_000n, 3_000_000n)
    const { gateway } = await shop.gateway()
    const refused = await embed(gateway, { provider: { ignore: [addresses[0]], require_proof: true } })
    expect(refused.status).toBe(404)
    expect(refused.body.error).toMatchObject({ code: 'no_offer_left' })
    expect(refused.body.error?.message).toContain('is left: 1 excluded by ignore, 2 by require_proof.')
    // A token of money has 6 decimals: 1 wei a token is 1 whole token a million.
    const dear = await embed(gateway, { provider: { max_price: { prompt: '0.999999' } } })
    expect(dear.body.error?.message).toContain('3 excluded by max_price')
    expect((await embed(gateway, { provider: { max_price: { prompt: 1 } } })).status).toBe(200)
  })

  it('is refused where it has what can not be kept', async () => {
    const { embed } = await sellersAt(1n, 2n)
    const { gateway } = await shop.gateway()
    const refused = await embed(gateway, { provider: { data_collection: 'deny' } })
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', param: 'provider' } } })
  })

  it('only narrows what the owner allows', async () => {
    const { embed, addresses } = await sellersAt(1_000_000n, 2_000_000n)
    const { gateway } = await shop.gateway({ routing: { only: [addresses[1] as `0x${string}`] } })
    expect((await embed(gateway)).body.stoa?.provider).toBe(addresses[1])
    expect((await embed(gateway, { provider: { only: [addresses[0]] } })).body.error?.code).toBe('no_offer_left')
  })

  it('asks nobody over a whole token of money unless the owner says otherwise', async () => {
    const { embed } = await sellersAt(200_001_000_000n, 300_000_000_000n)
    expect((await embed((await shop.gateway()).gateway)).body.error?.code).toBe('price_too_high')
    const { gateway } = await shop.gateway({ maxPricePerCall: null }, 2_000_000n)
    expect((await embed(gateway)).status).toBe(200)
  })

  it('demands stake for what is at risk with a seller', async () => {
    const { embed, model } = await sellersAt(1_000_000n, 2_000_000n)
    const { gateway } = await shop.gateway()
    // Each staked 10,000,000 wei: two million times a call of 5 wei, and one million times two.
    const provider = { min_coverage: 1_500_000 }
    expect((await embed(gateway, { provider })).body.usage?.cost_wei).toBe('5')
    expect((await embed(gateway, { provider })).body.error?.message).toContain('2 excluded by min_coverage')
    const { body } = await ask(gateway, `/v1/models/${model}`, { method: 'GET' })
    const { offers } = body.stoa as unknown as { offers: Record<string, unknown>[] }
    expect(offers).toMatchObject([
      { stake: '10000000', at_risk: '5', coverage: 2_000_000, live: { success_rate: 1, in_flight: 0 } },
      { stake: '10000000', at_risk: '0', coverage: null, live: { success_rate: null, latency_ms: null } },
    ])
  })
})

describe('a hedged call', () => {
  const slowly = (milliseconds: number): Behaviour => ({
    afterwards(response, { header, body }) {
      setTimeout(() => response.writeHead(200, { 'stoa-receipt': header }).end(body), milliseconds)
    },
  })
  /** Answers once it is told to. */
  const held = () => {
    const { promise: told, resolve: release } = Promise.withResolvers<void>()
    const behaviour: Behaviour = {
      afterwards(response, { header, body }) {
        void told.then(() => response.writeHead(200, { 'stoa-receipt': header }).end(body))
      },
    }
    return { behaviour, release }
  }

  it('returns the first answer; both are paid, and it tells of the other', async () => {
    const { embed, a, b, addresses } = await sellersAt(1_000_000n, 2_000_000n)
    const { gateway } = await shop.gateway()
    const { behaviour, release } = held()
    a.provider.behave(behaviour)
    const { body } = await embed(gateway, { provider: { hedge: { after_ms: 10 } } })
    expect(body.stoa).toMatchObject({ provider: addresses[1], hedge: { provider: addresses[0], at_most_wei: '5' } })
    expect(body.usage?.cost_wei).toBe('10')
    release()
    await gateway.close()
    expect([a, b].map(({ provider }) => provider.seen.length)).toEqual([1, 1])
  })

  it('keeps the receipt of the other when it comes', async () => {
    const { embed, a } = await sellersAt(1_000_000n, 2_000_000n)
    const { gateway } = await shop.gateway()
    const { behaviour, release } = held()
    a.provider.behave(behaviour)
    await embed(gateway, { provider: { hedge: { after_ms: 10 } } })
    release()
    while (gateway.receipts().receipts.length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(gateway.status()).toMatchObject({ available: 999_985n, lanes: { free: 2, doubt: 0 } })
  })

  it('is bought once where both together are over its ceiling, and where it is not marked', async () => {
    const { embed, a, b } = await sellersAt(1_000_000n, 2_000_000n)
    const { gateway } = await shop.gateway()
    a.provider.behave(slowly(100))
    const bounded = await embed(gateway, { provider: { hedge: { after_ms: 10 } }, stoa: { max_cost_wei: '14' } })
    expect(bounded.body.usage?.cost_wei).toBe('5')
    expect((await embed(gateway)).body.usage?.cost_wei).toBe('5')
    expect(b.provider.seen).toEqual([])
  })

  it('counts both on the budget of a key, and is bought once where that has no room for two', async () => {
    const { embed, a, b } = await sellersAt(1_000_000n, 2_000_000n)
    const { gateway } = await shop.gateway()
    const { behaviour, release } = held()
    a.provider.behave(behaviour)
    const { secret, key } = gateway.keys.create({ name: 'two', total: 20n, alertAt: [] })
    const hedged = { key: secret, provider: { hedge: { after_ms: 10 } } }
    expect((await embed(gateway, hedged)).body.usage?.cost_wei).toBe('10')
    release()
    while (gateway.keys.standing(key.id).held > 0n) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(gateway.keys.standing(key.id)).toMatchObject({ spentTotal: 15n, leftTotal: 5n })
    a.provider.behave(slowly(100))
    expect((await embed(gateway, hedged)).body.usage?.cost_wei).toBe('5')
    expect(gateway.keys.standing(key.id)).toMatchObject({ spentTotal: 20n, held: 0n })
    expect(b.provider.seen).toHaveLength(1)
    expect((await embed(gateway, hedged)).body.error).toMatchObject({ code: 'budget_exceeded' })
  })
})

it('loses no more than the ceiling of a call to all who give no answer', async () => {
  const { embed, a, b, c } = await sellersAt(1_000_000n, 2_000_000n, 3_000_000n)
  const { gateway } = await shop.gateway()
  a.provider.behave({ instead: () => {} })
  const lost = await embed(gateway, { stoa: { max_cost_wei: '14' } })
  expect(lost.body.error?.code).toBe('no_valid_answer')
  expect([b.provider.seen, c?.provider.seen]).toEqual([[], []])
})

it('hears what a node announces, and lets it decide between equals', async () => {
  const { embed, a, b, model, addresses } = await sellersAt(1_000_000n, 1_000_000n)
  const { gateway } = await shop.gateway({ routing: {} })
  const announcing = (queued: number): Behaviour => ({
    afterwards(response, { header, body }) {
      const load = encodeLoad({ capacity: 1, queued })
      response.writeHead(200, { 'stoa-receipt': header, [LOAD_HEADER]: load }).end(body)
    },
  })
  a.provider.behave(announcing(60_000))
  b.provider.behave(announcing(0))
  await embed(gateway, { provider: { order: [addresses[1]] } })
  for (let i = 0; i < 10; i++) {
    // What was announced counts for ten seconds.
    await embed(gateway, { provider: { order: [addresses[0]] } })
    expect((await embed(gateway)).body.stoa?.provider).toBe(addresses[1])
  }
  const { body } = await ask(gateway, `/v1/models/${model}`, { method: 'GET' })
  const { offers } = body.stoa as unknown as { offers: { provider: string; live: unknown }[] }
  expect(offers.find(({ provider }) => provider === addresses[0])?.live).toMatchObject({ capacity: 1, queued: 60_000 })
})

describe('keys', () => {
  it('are made, changed and revoked by the owner; spend within budgets; and see nothing of others', async () => {
    // What is spent is counted by the day (UTC): on one day, whenever this runs.
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { embed } = await sellersAt(1_000_000n, 2_000_000n)
    const { gateway } = await shop.gateway({ access: { apiKey: 'the owner' } })
    const owner = { key: 'the owner' }
    const asOwner = (path: string, more: Record<string, unknown> = {}) => ask(gateway, path, { ...owner, ...more })
    const made = await asOwner('/v1/keys', { name: 'app', per_day: '12', provider: { sort: 'price' } })
    expect(made).toMatchObject({ status: 201, body: { object: 'stoa.key', per_day: '12', left_today: '12' } })
    const { key, id } = made.body as unknown as { key: string; id: string }
    expect((await embed(gateway, { key })).status).toBe(200)
    const own = await ask(gateway, '/v1/key', { method: 'GET', key })
    expect(own.body).toMatchObject({ id, spent_today: '5', left_today: '7', held: '0' })
    expect(own.body.key).toBeUndefined()
    for (const path of ['/v1/keys', '/v1/receipts', '/v1/status', '/v1/disputes'])
      expect(await ask(gateway, path, { method: 'GET', key })).toMatchObject({
        status: 403,
        body: { error: { code: 'owner_only' } },
      })
    expect((await ask(gateway, '/v1/models', { method: 'GET', key })).status).toBe(200)
    await embed(gateway, { key })
    const over = await embed(gateway, { key })
    expect(over).toMatchObject({ status: 402, body: { error: { code: 'budget_exceeded' } } })
    expect(over.body.error?.message).toContain('2 wei more today, and this call needs 5')
    await asOwner(`/v1/keys/${id}`, { method: 'PATCH', per_day: null })
    expect((await embed(gateway, { key })).status).toBe(200)
    expect((await asOwner(`/v1/keys/${id}`, { method: 'DELETE' })).body.revoked_at).toEqual(expect.any(Number))
    expect((await embed(gateway, { key })).status).toBe(401)
    expect((await embed(gateway)).status).toBe(401)
    expect((await embed(gateway, owner)).status).toBe(200)
    expect((await asOwner('/v1/keys', { method: 'GET' })).body).toMatchObject({ data: [{ id, spent_total: '15' }] })
  })

  it('of which there is none is nobody, where the owner has no key; what OpenAI clients send for want of one is the owner', async () => {
    const { embed } = await sellersAt(1_000_000n, 2_000_000n)
    const { gateway } = await shop.gateway()
    expect((await embed(gateway, { key: 'none' })).status).toBe(200)
    expect((await embed(gateway, { key: 'stoa_none' })).status).toBe(401)
    expect((await ask(gateway, '/v1/key', { method: 'GET' })).status).toBe(404)
  })

  it('spend to the wei when they ask for much at once, and tell when a part is gone', async () => {
    const told: string[] = []
    const hook = createServer(async (request, response) => {
      told.push(await text(request))
      response.writeHead(told.length === 1 ? 500 : 200).end()
    }).listen(0, '127.0.0.1')
    await once(hook, 'listening')
    const { embed, a } = await sellersAt(1_000_000n, 9_000_000n)
    const events: GatewayEvent[] = []
    const alertUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`
    const { gateway } = await shop.gateway({ alertUrl, logger: (event) => events.push(event) })
    const { secret, key } = gateway.keys.create({ name: 'crowd', total: 52n, alertAt: [50] })
    const answers = await Promise.all(Array.from({ length: 30 }, () => embed(gateway, { key: secret })))
    const statuses = Map.groupBy(answers, ({ status }) => status)
    expect(statuses.get(200)).toHaveLength(10)
    expect(statuses.get(402)).toHaveLength(20)
    expect(gateway.keys.standing(key.id)).toMatchObject({ spentTotal: 50n, held: 0n, leftTotal: 2n })
    expect(a.provider.seen).toHaveLength(10)
    expect(events.filter(({ type }) => type === 'budget-alert')).toMatchObject([
      { budget: 'total', percent: 50, spent: 30n },
    ])
    // The first delivery failed, and is made again.
    while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(JSON.parse(told[1] ?? '')).toMatchObject({
      type: 'budget-alert',
      key: key.id,
      spent_wei: '30',
      limit_wei: '52',
    })
    hook.closeAllConnections()
    hook.close()
  })
})
