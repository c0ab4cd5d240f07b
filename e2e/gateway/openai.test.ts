import { createRequire } from 'node:module'
import { createCanvas, GlobalFonts } from '@napi-rs/canvas'
import { createGateway, type StoaGateway } from '@stoa/gateway'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Market, startMarket } from './market.ts'

const LINES = ['The painted porch', 'Zeno taught in the open', 'Total 12.50 drachmae']

type Provider = Awaited<ReturnType<Market['provide']>>

/** What the answers carry besides OpenAI's own members. */
type Paid = {
  usage: { cost: number; cost_wei: string }
  stoa: { provider: string; offer_id: string; receipt: { digest: string; charge: string; units: string } }
}

let market: Market
let cheap: Provider
let dear: Provider
let gateway: StoaGateway
let client: OpenAI
beforeAll(async () => {
  market = await startMarket()
  cheap = await market.provide({ ocr: 2_000n, embedding: 20_000n })
  dear = await market.provide({ ocr: 4_000n, embedding: 40_000n })
  const { rpcUrl, deployment } = market
  gateway = await createGateway({
    ...{ rpcUrl, deployment, folder: market.folder(), ...(await market.payer(10_000n)) },
    timeouts: { refresh: 3_600_000 },
    routing: { sort: 'price' },
  })
  const { url } = await gateway.listen({ port: 0 })
  client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })
})
afterAll(async () => {
  await gateway?.close()
  await market?.close()
})

const messages = (url: string): OpenAI.ChatCompletionMessageParam[] => [
  {
    role: 'user',
    content: [
      { type: 'text', text: 'What does it say?' },
      { type: 'image_url', image_url: { url } },
    ],
  },
]
const imageUrl = picture(640, 240, LINES)

describe('the official openai client, unchanged', () => {
  it('lists and retrieves models', async () => {
    const models = []
    for await (const model of client.models.list()) models.push(model.id)
    expect(models).toEqual(['stoa/ocr', 'stoa/embed-en'])
    expect(await client.models.retrieve('stoa/ocr')).toMatchObject({
      id: 'stoa/ocr',
      stoa: { providers: 2, price: '2000' },
    })
  })

  it('reads an image, from the cheapest, for what the offer says to the wei', async () => {
    const before = gateway.status().available
    const answer = await client.chat.completions.create({ model: 'stoa/ocr', messages: messages(imageUrl) })
    expect(answer.choices[0]?.message.content).toBe(LINES.join('\n'))
    const { usage, stoa } = answer as unknown as Paid
    expect(stoa).toMatchObject({ provider: cheap.provider, offer_id: cheap.offers.ocr })
    const cost = BigInt(usage.cost_wei)
    expect(cost).toBe((BigInt(stoa.receipt.units) * 2_000n + 999_999n) / 1_000_000n)
    expect(usage.cost).toBe(Number(cost) / 1e6)
    expect(before - gateway.status().available).toBe(cost)
  })

  it('streams the same text, with usage and cost in the last chunk', async () => {
    const whole = await client.chat.completions.create({ model: 'stoa/ocr', messages: messages(imageUrl) })
    for (const includeUsage of [undefined, true]) {
      const stream = await client.chat.completions.create({
        model: 'stoa/ocr',
        messages: messages(imageUrl),
        stream: true,
        ...(includeUsage ? { stream_options: { include_usage: true } } : {}),
      })
      const chunks: OpenAI.ChatCompletionChunk[] = []
      for await (const chunk of stream) chunks.push(chunk)
      const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
      expect(text).toBe(whole.choices[0]?.message.content)
      expect(chunks.length).toBeGreaterThan(3)
      expect(chunks.at(-1)?.choices).toHaveLength(includeUsage ? 0 : 1)
      expect((chunks.at(-1) as unknown as Paid).usage.cost_wei).toMatch(/^[1-9]\d*$/)
      expect(chunks.slice(0, -1).every(({ usage }) => !usage)).toBe(true)
    }
  })

  it('assembles a stream with its helper', async () => {
    const stream = client.chat.completions.stream({
      model: 'stoa/ocr',
      messages: messages(imageUrl),
      stream_options: { include_usage: true },
    })
    const final = await stream.finalChatCompletion()
    expect(final.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } })
    expect(final.usage).toMatchObject({ cost_wei: expect.stringMatching(/^[1-9]\d*$/) })
  })

  it('embeds, by base64 as it asks by default and by floats', async () => {
    const input = ['The cat sat on the mat.', 'A cat is sitting on a rug.', 'Interest rates rose again.']
    const packed = await client.embeddings.create({ model: 'stoa/embed-en', input })
    const floats = await client.embeddings.create({ model: 'stoa/embed-en', input, encoding_format: 'float' })
    const [a = [], b = [], c = []] = packed.data.map(({ embedding }) => embedding)
    expect(floats.data.map(({ embedding }) => embedding)).toEqual([a, b, c])
    const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0)
    expect(dot(a, b)).toBeGreaterThan(dot(a, c) + 0.2)
    const { usage, stoa } = packed as unknown as Paid
    expect(stoa.receipt.units).toBe(String(packed.usage.prompt_tokens))
    expect(BigInt(usage.cost_wei)).toBe((BigInt(packed.usage.prompt_tokens) * 20_000n + 999_999n) / 1_000_000n)
    expect(stoa.receipt.charge).toBe(usage.cost_wei)
    expect(packed.usage.prompt_tokens).toBeGreaterThan(10)
  })

  it('embeds tokens as it embeds their text', async () => {
    const embed = async (input: string | number[]) => {
      const { data } = await client.embeddings.create({ model: 'stoa/embed-en', input })
      return data[0]?.embedding
    }
    expect(await embed([341, 4125, 8, 311, 78])).toEqual(await embed('Hello, world!'))
  })

  it('raises its own errors', async () => {
    const ask = (model: string, content: OpenAI.ChatCompletionMessageParam[]) =>
      client.chat.completions.create({ model, messages: content })
    await expect(ask('gpt-4', messages(imageUrl))).rejects.toBeInstanceOf(OpenAI.NotFoundError)
    await expect(ask('stoa/ocr', messages('https://example.com/a.png'))).rejects.toBeInstanceOf(OpenAI.BadRequestError)
    await expect(ask('stoa/ocr', [{ role: 'user', content: 'hello' }])).rejects.toMatchObject({ code: 'image_missing' })
    await expect(ask('stoa/embed-en', messages(imageUrl))).rejects.toMatchObject({ code: 'wrong_task' })
    const tokens = client.embeddings.create({ model: 'stoa/embed-en', input: [341, 9000] })
    await expect(tokens).rejects.toMatchObject({ status: 400, param: 'input' })
  })
})

describe('money and failures', () => {
  it('shows the receipts of what was bought, and their sum is what is gone', async () => {
    const { receipts } = gateway.receipts({ limit: 100 })
    const spent = receipts.reduce((sum, { receipt }) => sum + receipt.charge, 0n)
    await gateway.refresh()
    expect(gateway.status()).toMatchObject({ available: 10_000n - spent, overcharged: [], evidence: 0 })
  })

  it('buys nothing that the deposit does not cover', async () => {
    const { rpcUrl, deployment } = market
    const poor = await createGateway({ rpcUrl, deployment, folder: market.folder(), ...(await market.payer(1n)) })
    const { url: base } = await poor.listen({ port: 0 })
    const poorClient = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none', maxRetries: 0 })
    const call = poorClient.chat.completions.create({ model: 'stoa/ocr', messages: messages(picture(1000, 1000, [])) })
    await expect(call).rejects.toMatchObject({ status: 402, code: 'insufficient_deposit' })
    await poor.close()
  })

  it('goes to the other when the cheapest is killed, sells on while the chain is gone, and tells when nobody is left', async () => {
    const embed = async () => {
      const answer = await client.embeddings.create({ model: 'stoa/embed-en', input: 'hello' })
      return (answer as unknown as Paid).stoa.provider
    }
    expect(await embed()).toBe(cheap.provider)
    await cheap.kill()
    expect(await embed()).toBe(dear.provider)
    await market.stopChain()
    expect(await embed()).toBe(dear.provider)
    expect(await gateway.refresh().catch((error: Error) => error.name)).toBe('ChainUnavailableError')
    await dear.kill()
    await expect(embed()).rejects.toMatchObject({ status: expect.toSatisfy((s: number) => s === 502 || s === 503) })
  })
})

/** Black lines on white, as a data URL. */
function picture(width: number, height: number, lines: readonly string[]): string {
  GlobalFonts.registerFromPath(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), 'DejaVu')
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.fillStyle = 'white'
  context.fillRect(0, 0, width, height)
  context.fillStyle = 'black'
  context.font = '36px DejaVu'
  lines.forEach((line, i) => {
    context.fillText(line, 40, 70 + 60 * i)
  })
  return `data:image/png;base64,${canvas.toBuffer('image/png').toString('base64')}`
}
