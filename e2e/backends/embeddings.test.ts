import { createGateway, type StoaGateway } from '@stoa/gateway'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from '../ground/openGround.ts'

const PRICE = 2_000_000n
const MODELS = ['embed', 'no-usage', 'embed-short']

/** What the answers carry besides OpenAI's own members. */
type Paid = {
  usage: { cost_wei: string; prompt_tokens: number; total_tokens: number }
  stoa: { proof_kind: string; usage_counted: boolean; truncated: number[]; receipt: { units: string } }
}

let ground: Ground
let gateway: StoaGateway
let client: OpenAI
let base: string

beforeAll(async () => {
  ground = await openGround()
  const server = await ground.server('chatServer.ts')
  const offers = []
  for (const model of MODELS) {
    const promised = Buffer.from(JSON.stringify({ stoa: 'upstream/1', protocol: 'openai', model }))
    const card = { name: `embed/${model}`, task: 'embedding', dimensions: 8 } as const
    const modelId = await ground.publish(card, { 'upstream.json': promised })
    const upstream = { protocol: 'openai', url: server.url, model } as const
    offers.push({ modelId, unit: 'token', price: PRICE, upstream } as const)
  }
  await ground.provide(offers)
  const { rpcUrl, deployment } = ground
  gateway = await createGateway({
    ...{ rpcUrl, deployment, folder: ground.folder(), ...(await ground.payer(10_000_000n)) },
    timeouts: { refresh: 3_600_000 },
  })
  ;({ url: base } = await gateway.listen({ port: 0 }))
  client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none', maxRetries: 0 })
})
afterAll(async () => {
  await gateway?.close()
  await ground?.close()
})

const costOf = (units: string) => String((BigInt(units) * PRICE + 999_999n) / 1_000_000n)

it('embeddings that a server by URL makes are bought by the token, as it counts them, to the wei', async () => {
  const before = gateway.status().available
  const input = ['Zeno', 'of Citium', 'Café']
  for (const encoding_format of ['float', 'base64', undefined] as const) {
    const answer = await client.embeddings.create({
      ...{ model: 'embed/embed', input },
      ...(encoding_format && { encoding_format }),
    })
    const { data, usage, stoa } = answer as unknown as OpenAI.CreateEmbeddingResponse & Paid
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2])
    if (encoding_format !== 'base64') {
      expect(data.map(({ embedding: [length] }) => length)).toEqual([4, 9, 4])
      expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8, 8])
    }
    expect(usage).toMatchObject({ prompt_tokens: 10, total_tokens: 10, cost_wei: costOf('10') })
    expect(stoa).toMatchObject({ proof_kind: 'attested', usage_counted: true, truncated: [] })
    expect(stoa.receipt.units).toBe('10')
  }
  expect(before - gateway.status().available).toBe(3n * BigInt(costOf('10')))
})

it('they are estimated by bytes where the server does not count, and the buyer is told', async () => {
  const answer = await client.embeddings.create({ model: 'embed/no-usage', input: 'philosophers' })
  const { usage, stoa } = answer as unknown as Paid
  expect([usage.prompt_tokens, usage.cost_wei, stoa.usage_counted]).toEqual([3, costOf('3'), false])
})

it('an answer of another length costs nothing; what is no text, or asks for another length, is refused before it is paid for', async () => {
  const ledger = () => [gateway.status().available, gateway.receipts({ limit: 100 }).receipts.length]
  const before = ledger()
  const ask = (more: object) =>
    client.embeddings.create({ model: 'embed/embed', input: 'Zeno', encoding_format: 'float', ...more })
  await expect(ask({ model: 'embed/embed-short' })).rejects.toMatchObject({ status: 503, code: 'no_provider' })
  await expect(ask({ dimensions: 4 })).rejects.toMatchObject({ status: 400, param: 'dimensions' })
  await expect(ask({ input: [1, 2] })).rejects.toMatchObject({ status: 400, param: 'input' })
  await expect(ask({ input: ['Zeno', ''] })).rejects.toMatchObject({ status: 400, param: 'input' })
  await expect(ask({ input: Array(2_049).fill('x') })).rejects.toMatchObject({ status: 400, param: 'input' })
  expect(ledger()).toEqual(before)
  expect(await ask({ dimensions: 8 })).toBeDefined()
})

it('the list of models says how long they are', async () => {
  const { data } = (await (await fetch(`${base}/v1/models`)).json()) as { data: { id: string; stoa: object }[] }
  expect(data.find(({ id }) => id === 'embed/embed')?.stoa).toMatchObject({ task: 'embedding', dimensions: 8 })
})
