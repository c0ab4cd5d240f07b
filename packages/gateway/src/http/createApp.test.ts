import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StoaGateway } from '../gateway.ts'
import { openShop } from '../testing/shop.ts'

const MODEL = 'test/embed'
const IMAGE = 'data:image/png;base64,iVBORw0KGgo='

let shop: Awaited<ReturnType<typeof openShop>>
let gateway: StoaGateway
beforeAll(async () => {
  shop = await openShop()
  await shop.sell(MODEL, 1_000_000n)
  const owner = await shop.market.account(0n)
  const ocr = await shop.market.publish(owner, { name: 'test/ocr', task: 'ocr' })
  const seller = await shop.market.seller('http://127.0.0.1:1')
  await shop.market.offer(seller.client, { modelId: ocr.modelId, unit: 'pixel', price: 1_000n })
  // The card comes from whoever holds it; this seller has no node, so the first one serves it.
  const { sellers } = await shop.sell('test/unused', 1_000_000n)
  for (const bytes of ocr.held) await sellers[0]?.provider.hold(bytes)
  await seller.moveTo(sellers[0]?.provider.url ?? '')
  ;({ gateway } = await shop.gateway({ limits: { bodyBytes: 20_000 } }))
})
afterAll(() => shop.close())

type Json = Record<string, unknown>

async function post(path: string, body: unknown, headers: Record<string, string> = {}, to = gateway) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const init = { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } }
  const response = await to.app.request(path, init)
  return { response, status: response.status, body: (await response.json()) as Json }
}
const embed = (body: Json, headers = {}) => post('/v1/embeddings', { model: MODEL, ...body }, headers)
const chat = (content: unknown, rest: Json = {}) =>
  post('/v1/chat/completions', { model: 'test/ocr', messages: [{ role: 'user', content }], ...rest })
const image = (url: string) => [{ type: 'image_url', image_url: { url } }]
const get = async (path: string, headers = {}) => {
  const response = await gateway.app.request(path, { headers })
  return { status: response.status, body: (await response.json()) as Json }
}

describe('POST /v1/embeddings', () => {
  it('answers floats or base64 of the same numbers, one for each text, and says what is charged', async () => {
    const floats = await embed({ input: ['hello', 'two'] })
    expect(floats.body).toMatchObject({
      object: 'list',
      model: MODEL,
      usage: { prompt_tokens: 8, total_tokens: 8, cost: 0.000008, cost_wei: '8' },
      stoa: { proof_kind: 'attested', truncated: [], receipt: { charge: '8', units: '8', model: MODEL } },
    })
    const rows = floats.body.data as { embedding: number[]; index: number }[]
    expect(rows.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 512],
      [1, 512],
    ])
    const packed = await embed({ input: ['hello', 'two'], encoding_format: 'base64' })
    const [, second] = packed.body.data as { embedding: string }[]
    const bytes = Buffer.from(second?.embedding ?? '', 'base64')
    expect(Array.from({ length: 512 }, (_, i) => bytes.readFloatLE(4 * i))).toEqual(rows[1]?.embedding)
  })

  it.each<[string, Json, string, string]>([
    ['tokens that are none', { input: [1, 58] }, 'knows 58 tokens, 58 in text 0 is none', 'input'],
    ['tokens below nothing', { input: ['a', [7, -1]] }, '-1 in text 1 is none', 'input'],
    ['lists without tokens', { input: [[7], []] }, 'Text 1 is neither a text nor a list of tokens', 'input'],
    ['what is no text', { input: [{ text: 'a' }] }, 'Text 0 is neither', 'input'],
    ['no texts', { input: [] }, '1 to 2048 texts', 'input'],
    ['too many texts', { input: Array(2049).fill('') }, '1 to 2048 texts', 'input'],
    ['an empty text', { input: ['a', ''] }, 'Text 1 is empty', 'input'],
    ['a long text', { input: 'ä'.repeat(4097) }, 'has 8194 bytes, at most 8192 are taken', 'input'],
    ['half a surrogate pair', { input: 'a\ud800b' }, 'not valid Unicode', 'input'],
    ['other dimensions', { input: 'a', dimensions: 256 }, '512 dimensions', 'dimensions'],
    ['another format', { input: 'a', encoding_format: 'hex' }, 'encoding_format', 'encoding_format'],
    ['no input', {}, 'input', 'input'],
  ])('refuses %s', async (_, body, message, param) => {
    const { status, body: answer } = await embed(body)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(answer.error).toMatchObject({ message: expect.stringContaining(message), type: 'invalid_request_error' })
    expect((answer.error as Json).param ?? '').toBe(param)
  })

  it('takes tokens as it takes texts, and says where it read the first 128 alone', async () => {
    const rowsOf = async (input: unknown) => {
      const { body } = await embed({ input })
      return { units: (body.stoa as { receipt: Json }).receipt.units, data: body.data, stoa: body.stoa }
    }
    const words = await rowsOf(['ab', 'ba'])
    expect(words).toMatchObject({ units: '4', stoa: { truncated: [] } })
    expect(
      (
        await rowsOf([
          [6, 33],
          [7, 32],
        ])
      ).data,
    ).toEqual(words.data)
    expect((await rowsOf([6, 33])).data).toHaveLength(1)
    expect((await rowsOf(['ab', [7, 32]])).data).toEqual(words.data)
    const long = await rowsOf(['a', 'b'.repeat(128), 'c'.repeat(129), Array(400).fill(7)])
    expect(long).toMatchObject({ units: '385', stoa: { truncated: [2, 3] } })
  })

  it('asks nobody who may charge more than the caller allows, and the seller it names alone', async () => {
    const dear = await embed({ input: ['hello', 'two'], stoa: { max_cost_wei: '7' } })
    expect(dear).toMatchObject({ status: 402, body: { error: { code: 'price_too_high' } } })
    const { status, body } = await embed({ input: ['hello', 'two'], stoa: { max_cost_wei: '8' } })
    expect(status).toBe(200)
    const { provider } = body.stoa as { provider: string }
    expect((await embed({ input: 'a', stoa: { provider } })).body).toMatchObject({ stoa: { provider } })
    const stranger = await embed({ input: 'a', stoa: { provider: `0x${'1'.repeat(40)}` } })
    expect(stranger).toMatchObject({ status: 404, body: { error: { code: 'no_offer_left' } } })
    expect(await embed({ input: 'a', stoa: { max_cost_wei: '-1' } })).toMatchObject({ status: 400 })
  })

  it('takes the dimensions that there are', async () => {
    expect((await embed({ input: 'a', dimensions: 512 })).status).toBe(200)
  })

  it('refuses an unknown model and one of another task', async () => {
    const unknown = await embed({ input: 'a', model: 'gpt-4' })
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'model_not_found', param: 'model' } } })
    const other = await embed({ input: 'a', model: 'test/ocr' })
    expect(other).toMatchObject({ status: 400, body: { error: { code: 'wrong_task' } } })
  })
})

describe('POST /v1/chat/completions', () => {
  it.each<[string, unknown, string, string]>([
    ['text alone', 'read this', 'image_missing', 'has none'],
    ['text parts alone', [{ type: 'text', text: 'read this' }], 'image_missing', 'has none'],
    ['a remote image', image('https://example.com/a.png'), 'invalid_image', 'fetches none'],
    ['a file', image('file:///etc/passwd'), 'invalid_image', 'fetches none'],
    ['a data URL of text', image('data:text/plain;base64,aGVsbG8='), 'invalid_image', 'holds "text/plain"'],
    ['a data URL that is not base64', image('data:image/png,hello'), 'invalid_image', 'not in base64'],
    ['broken base64', image('data:image/png;base64,a!b'), 'invalid_image', 'malformed'],
    ['a broken image', image(IMAGE), 'invalid_image', "can't be decoded"],
    ['two images', [...image(IMAGE), ...image(IMAGE)], 'invalid_request', '2 images'],
    ['sound', [{ type: 'input_audio', input_audio: {} }], 'invalid_request', 'input_audio'],
    ['nothing', null, 'image_missing', 'has none'],
  ])('refuses %s', async (_, content, code, message) => {
    const { status, body } = await chat(content)
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  it('refuses several answers, no messages, and a model that takes texts', async () => {
    expect((await chat(image(IMAGE), { n: 2 })).body).toMatchObject({ error: { param: 'n' } })
    expect((await chat('', { messages: [] })).body).toMatchObject({
      error: {
        param: 'messages',
        message: expect.stringMatching(/^"messages" must have at least 1 element, and has 0\.\nSee /),
      },
    })
    const other = await chat(image(IMAGE), { model: MODEL })
    expect(other.body).toMatchObject({
      error: { code: 'wrong_task', message: expect.stringContaining('/v1/embeddings') },
    })
  })
})

describe('bodies', () => {
  it.each([
    ['no JSON', '{"model": ', 400],
    ['an array', '[]', 400],
    ['null', 'null', 400],
  ])('%s', async (_, body, status) => {
    expect((await post('/v1/embeddings', body)).status).toBe(status)
  })

  it('that are not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"model":"m","input":"'), Buffer.from([0xff]), Buffer.from('"}')])
    const headers = { 'content-type': 'application/json' }
    const response = await gateway.app.request('/v1/embeddings', { method: 'POST', body, headers })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('UTF-8') } })
  })

  it('that are no JSON by their type, as a page can send them unasked', async () => {
    const { status, body } = await embed({ input: 'a' }, { 'content-type': 'text/plain' })
    expect(status).toBe(415)
    expect(body.error).toMatchObject({ code: 'unsupported_media_type' })
  })

  it('over the limit, by their word or by their bytes, are refused without reading on', async () => {
    const declared = await embed({ input: 'a' }, { 'content-length': '20001' })
    expect(declared).toMatchObject({ status: 413, body: { error: { code: 'body_too_large' } } })
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1000
        controller.enqueue(new Uint8Array(1000).fill(32))
      },
    })
    const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } }
    const response = await gateway.app.request('/v1/embeddings', init)
    expect(response.status).toBe(413)
    expect(sent).toBeLessThan(30_000)
  })
})

describe('who may call', () => {
  it.each([
    ['127.0.0.1:8080', 200],
    ['localhost', 200],
    ['LOCALHOST:1', 200],
    ['[::1]:8080', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example:80', 403],
    ['10.0.0.1', 403],
    ['', 403],
  ])('host %s: %i', async (host, status) => {
    expect((await get('/v1/models', { host })).status).toBe(status)
  })

  it.each([
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'http://localhost:3000' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'none' }, 200],
  ])('%o: %i', async (headers, status) => {
    expect((await get('/v1/models', headers)).status).toBe(status)
  })

  it('an origin that was named, and nobody without the key where there is one', async () => {
    const access = { apiKey: 'secret', allowedHosts: ['Box.lan'], allowedOrigins: ['https://app.example'] }
    const { gateway: locked } = await shop.gateway({ access })
    const ask = async (headers: Record<string, string>) => (await locked.app.request('/v1/models', { headers })).status
    const authorization = 'Bearer secret'
    expect(await ask({ authorization, host: 'box.lan:80', origin: 'https://app.example' })).toBe(200)
    expect(await ask({ authorization, origin: 'https://other.example' })).toBe(403)
    expect(await ask({})).toBe(401)
    expect(await ask({ authorization: 'Bearer secre' })).toBe(401)
    expect(await ask({ authorization: 'secret' })).toBe(401)
  })

  it('does not listen beyond this machine without a key', async () => {
    await expect(gateway.listen({ host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'KEY_NEEDED' })
  })
})

describe('what is told', () => {
  it('models, with terms', async () => {
    const { body } = await get('/v1/models')
    const data = body.data as Json[]
    expect(data.map(({ id }) => id)).toEqual([MODEL, 'test/ocr', 'test/unused'])
    expect(data[0]).toMatchObject({
      object: 'model',
      created: expect.any(Number),
      owned_by: expect.stringMatching(/^0x/),
      stoa: { task: 'embedding', unit: 'token', price: '1000000', proof_kind: 'attested', providers: 1 },
    })
    const offersOf = (model: Json | undefined) => (model?.stoa as { offers: Json[] } | undefined)?.offers
    const latency_ms = { p50: expect.any(Number), p95: expect.any(Number) }
    expect(offersOf(data[0])).toMatchObject([{ calls: expect.any(Number), success_rate: 1, latency_ms }])
    expect(offersOf(data[2])).toMatchObject([{ calls: 0, success_rate: null, latency_ms: null }])
    expect((await get('/v1/models/test%2Focr')).body).toMatchObject({ id: 'test/ocr', stoa: { task: 'ocr' } })
    expect((await get('/v1/models/none')).status).toBe(404)
  })

  it('receipts, in pages, newest first', async () => {
    for (const input of ['a', 'bb', 'ccc']) await embed({ input })
    const first = (await get('/v1/receipts?limit=2')).body as { data: Json[]; has_more: boolean; next: string }
    expect(first).toMatchObject({ has_more: true, data: [{ units: '3' }, { units: '2' }] })
    expect(first.next).toBe(first.data[1]?.digest)
    const second = (await get(`/v1/receipts?limit=1&after=${first.next}`)).body
    expect(second).toMatchObject({ data: [{ units: '1' }] })
    const one = await get(`/v1/receipts/${first.next}`)
    expect(one.body).toEqual(first.data[1])
    expect((await get(`/v1/receipts?model=none`)).body).toEqual({
      object: 'list',
      data: [],
      has_more: false,
      next: null,
    })
  })

  it('what is wrong with a query for receipts', async () => {
    expect((await get('/v1/receipts?limit=0')).body).toMatchObject({
      error: { param: 'limit', message: expect.stringContaining('"limit" must be at least 1, and is 0.\n') },
    })
    expect((await get('/v1/receipts?after=x')).body).toMatchObject({ error: { param: 'after' } })
    expect(await get(`/v1/receipts/0x${'0'.repeat(64)}`)).toMatchObject({ status: 404 })
    expect(await get('/v1/receipts/none')).toMatchObject({
      status: 404,
      body: { error: { code: 'receipt_not_found' } },
    })
  })

  it('health, status and paths that are not there', async () => {
    expect(await get('/health')).toEqual({ status: 200, body: { status: 'ok', problems: [] } })
    expect((await get('/v1/status')).body).toMatchObject({ models: 3, overcharged: [], available: expect.any(String) })
    expect(await get('/v1/images')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
  })

  it('whether to try again: official clients ask', async () => {
    const { response } = await embed({ input: 'a', model: 'none' })
    expect(response.headers.get('x-should-retry')).toBe('false')
  })
})
