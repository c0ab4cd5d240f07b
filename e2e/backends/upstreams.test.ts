import { createGateway, type StoaGateway } from '@stoa/gateway'
import { bytesToHex, type Hex } from '@stoa/protocol'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ground, openGround } from '../ground/openGround.ts'

const PRICE = 2_000_000n
const TOOLS = [{ type: 'function' as const, function: { name: 'look_up', parameters: { type: 'object' } } }]
const MODELS = ['echo', 'whole', 'no-usage', 'endless', 'cut', 'fails', 'plain']

/** What the answers carry besides OpenAI's own members. */
type Paid = {
  usage: { cost: number; cost_wei: string; prompt_tokens: number; completion_tokens: number }
  stoa: { proof_kind: string; usage_counted: boolean; receipt: { digest: Hex; charge: string; units: string } }
}

let ground: Ground
let server: Awaited<ReturnType<Ground['server']>>
let models: Map<string, bigint>
let account: Awaited<ReturnType<Ground['payer']>>
let gateway: StoaGateway
let url: string
let client: OpenAI

beforeAll(async () => {
  ground = await openGround()
  server = await ground.server('chatServer.ts')
  models = new Map()
  for (const name of [...MODELS, 'silent']) models.set(name, await publishChat(`chat/${name}`, name))
  await sell(MODELS)
  // Whoever waits for it has to give up some time.
  await sell(['silent'], { modelTimeoutMs: 2_000 })
  account = await ground.payer(10_000_000n)
  gateway = await openGateway()
  ;({ url } = await gateway.listen({ port: 0 }))
  client = clientOf(url)
})
afterAll(async () => {
  await gateway?.close()
  await ground?.close()
})

const clientOf = (base: string) => new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none', maxRetries: 0 })

function publishChat(name: string, model: string) {
  const promised = Buffer.from(JSON.stringify({ stoa: 'upstream/1', protocol: 'openai', model }))
  const able = model === 'plain' ? {} : { features: ['tools' as const, 'json_schema' as const] }
  return ground.publish({ name, task: 'chat', context: 200_000, ...able }, { 'upstream.json': promised })
}

function sell(names: readonly string[], limits: { modelTimeoutMs?: number } = {}) {
  return ground.provide(
    names.map((name) => ({
      ...{ modelId: models.get(name) ?? 0n, unit: 'token' as const, price: PRICE },
      upstream: { protocol: 'openai' as const, url: server.url, model: name === 'plain' ? 'echo' : name },
    })),
    { limits: { ...limits, refreshSeconds: 1 } },
  )
}

const openGateway = (changes: object = {}) =>
  createGateway({
    ...{ rpcUrl: ground.rpcUrl, deployment: ground.deployment, folder: ground.folder(), ...account },
    timeouts: { refresh: 3_600_000, settleDoubt: 0, coolDown: 1 },
    ...changes,
  })

const ask = (content: string) => [{ role: 'user' as const, content }]
const costOf = (units: string) => String((BigInt(units) * PRICE + 999_999n) / 1_000_000n)
const ledger = () => ({
  available: gateway.status().available,
  receipts: gateway.receipts({ limit: 100 }).receipts.length,
})

/** The receipts of a gateway, newest first, as soon as there are more than so many. */
async function receiptsBeyond(count: number, from = gateway) {
  const look = async () => {
    await from.refresh()
    return from.receipts({ limit: 100 }).receipts
  }
  await expect.poll(async () => (await look()).length).toBeGreaterThan(count)
  return look()
}

describe('a chat that a server by URL answers', () => {
  it('is bought by the token, as the server counts them, to the wei', async () => {
    const before = gateway.status().available
    const answer = await client.chat.completions.create({ model: 'chat/echo', messages: ask('Who are you?') })
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'You said: Who are you?' } })
    const { usage, stoa } = answer as unknown as Paid
    expect(usage.completion_tokens).toBe(5)
    expect(stoa).toMatchObject({ proof_kind: 'attested', usage_counted: true })
    expect(stoa.receipt.units).toBe(String(usage.prompt_tokens + usage.completion_tokens))
    expect(usage.cost_wei).toBe(costOf(stoa.receipt.units))
    expect(before - gateway.status().available).toBe(BigInt(usage.cost_wei))
  })

  it('calls tools, goes on from what they brought, and keeps to a schema', async () => {
    const called = await client.chat.completions.create({ model: 'chat/echo', messages: ask('Chad'), tools: TOOLS })
    const [choice] = called.choices
    expect(choice).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [{ id: 'call_1', function: { name: 'look_up', arguments: '{"said":"Chad"}' } }],
      },
    })
    if (!choice) throw new Error('there is a choice')
    const found = { role: 'tool' as const, tool_call_id: 'call_1', content: 'N’Djamena' }
    const next = await client.chat.completions.create({
      model: 'chat/echo',
      messages: [...ask('Chad'), choice.message, found],
    })
    expect(next.choices[0]?.message.content).toBe('You said: N’Djamena')
    const schema = { name: 'said', schema: { type: 'object' } }
    const kept = await client.chat.completions.create({
      ...{ model: 'chat/echo', messages: ask('Chad') },
      response_format: { type: 'json_schema', json_schema: schema },
    })
    expect(JSON.parse(kept.choices[0]?.message.content ?? '')).toEqual({ said: 'Chad' })
  })

  it('is refused by a typed error, unpaid, where its card does not name the feature', async () => {
    const before = ledger()
    const asked = client.chat.completions.create({ model: 'chat/plain', messages: ask('Chad'), tools: TOOLS })
    await expect(asked).rejects.toMatchObject({ status: 400, code: 'unsupported', param: 'tools' })
    expect(ledger()).toEqual(before)
    expect(await client.chat.completions.create({ model: 'chat/plain', messages: ask('Chad') })).toBeDefined()
  })

  it('is estimated by bytes where the server does not count, and says so', async () => {
    const answer = await client.chat.completions.create({ model: 'chat/no-usage', messages: ask('Who are you?') })
    const { usage, stoa } = answer as unknown as Paid
    expect(stoa.usage_counted).toBe(false)
    expect(usage.completion_tokens).toBe(Math.ceil('You said: Who are you?'.length / 4))
  })

  it.each(['fails', 'silent'])('costs nothing where the server %s', async (name) => {
    const before = ledger()
    const asked = client.chat.completions.create({ model: `chat/${name}`, messages: ask('x') })
    await expect(asked).rejects.toMatchObject({ status: 503, code: 'no_provider' })
    expect(ledger()).toEqual(before)
  })
})

describe('in pieces', () => {
  const streamOf = async (model: string, more: object = {}, from = client) => {
    const body = { model: `chat/${model}`, messages: ask('Who are you?'), stream: true as const, ...more }
    return from.chat.completions.create(body)
  }

  it.each(['echo', 'whole'])('the same message comes, with usage and cost in the last chunk (%s)', async (model) => {
    for (const include_usage of [false, true]) {
      const chunks: OpenAI.ChatCompletionChunk[] = []
      for await (const chunk of await streamOf(model, { stream_options: { include_usage } })) chunks.push(chunk)
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('You said: Who are you?')
      expect(chunks.at(-1)?.choices).toHaveLength(include_usage ? 0 : 1)
      const { usage, stoa } = chunks.at(-1) as unknown as Paid
      expect(usage.cost_wei).toBe(costOf(stoa.receipt.units))
      expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    }
  })

  it('a tool’s call comes in pieces that the client’s helper joins', async () => {
    const final = await client.chat.completions
      .stream({ model: 'chat/echo', messages: ask('Chad'), tools: TOOLS, stream_options: { include_usage: true } })
      .finalChatCompletion()
    expect(final.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ id: 'call_1', function: { name: 'look_up', arguments: '{"said":"Chad"}' } }] },
    })
  })

  it('the first words are there while the rest is not made: a caller that hangs up then pays for what was made', async () => {
    const before = ledger()
    const stream = await streamOf('endless', { max_tokens: 100_000 })
    let words = 0
    for await (const { choices } of stream) {
      if (choices[0]?.delta.content && ++words === 10) break
    }
    const [kept] = await receiptsBeyond(before.receipts)
    const { units = 0n, charge = 0n } = kept?.receipt ?? {}
    // An estimate: ten words of two characters and the few that were made until the seller noticed, of 100,000 that were asked for.
    expect(units).toBeGreaterThan(5n)
    expect(units).toBeLessThan(2_000n)
    expect(before.available - gateway.status().available).toBe(charge)
    expect(gateway.status().lanes).toMatchObject({ doubt: 0, retired: 0 })
    expect(gateway.status().evidence).toBe(0)
  })

  it('nothing is paid where the server dies in the middle, and the stream says so', async () => {
    const before = ledger()
    let text = ''
    const read = async () => {
      for await (const { choices } of await streamOf('cut')) text += choices[0]?.delta.content ?? ''
    }
    await expect(read()).rejects.toMatchObject({ code: 'stream_broken' })
    expect(text).toBe('Half of an ')
    expect(ledger()).toEqual(before)
    expect(gateway.status().lanes).toMatchObject({ doubt: 0, retired: 0 })
  })

  it('a gateway that is killed in the middle finds the receipt over what was made, when it is back', async () => {
    const parameters = { folder: ground.folder(), ...(await ground.payer(1_000_000n)) }
    const { sessionKey, ...rest } = parameters
    const mortal = await ground.gatewayProcess({ ...rest, sessionKey: bytesToHex(sessionKey) })
    const stream = await streamOf('endless', { max_tokens: 100_000 }, clientOf(mortal.url))
    let words = 0
    const read = async () => {
      for await (const { choices } of stream) if (choices[0]?.delta.content && ++words === 5) await mortal.kill()
    }
    await expect(read()).rejects.toThrow()
    const again = await openGateway(parameters)
    const [kept] = await receiptsBeyond(0, again)
    expect(kept?.receipt.charge).toBeGreaterThan(0n)
    expect(1_000_000n - again.status().available).toBe(kept?.receipt.charge)
    await again.close()
  })

  it('a node that is killed in the middle charges nothing', async () => {
    models.set('endless', await publishChat('chat/mortal', 'endless'))
    const mortal = await sell(['endless'])
    await gateway.refresh()
    const before = ledger()
    let words = 0
    const read = async () => {
      const body = { model: 'chat/mortal', messages: ask('x'), stream: true as const, max_tokens: 100_000 }
      for await (const { choices } of await client.chat.completions.create(body))
        if (choices[0]?.delta.content && ++words === 5) await mortal.kill()
    }
    await expect(read()).rejects.toMatchObject({ code: 'stream_broken' })
    expect(ledger().receipts).toBe(before.receipts)
  })
})
