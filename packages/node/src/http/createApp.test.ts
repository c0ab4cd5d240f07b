import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address, Hex } from '@stoa/protocol'
import { nativeSecp256k1 } from '@stoa/protocol/secp256k1'
import { memoryBlobStore } from '@stoa/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { NodeEvent } from '../events.ts'
import { queueModel } from '../models/queueModel.ts'
import { openPayments } from '../payments/openPayments.ts'
import type { Payments } from '../payments/payments.ts'
import { anOffer, aRequest, CHAIN_ID, createBuyer, ESCROW, PROVIDER_REGISTRY } from '../testing/market.ts'
import { type CreateAppParameters, createApp } from './createApp.ts'

const OFFER_ID: Hex = `0x${'0f'.repeat(32)}`
const PAYER: Address = `0x${'aa'.repeat(20)}`

let folder: string
let payments: Payments
let buyer: ReturnType<typeof createBuyer>
let events: NodeEvent[]
/** Unix seconds; one moment for a test, so that the same amount is the same voucher. */
let validUntil: number

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-node-'))
  events = []
  validUntil = Math.floor(Date.now() / 1000) + 3_600
  buyer = createBuyer(await nativeSecp256k1(), { chainId: CHAIN_ID, escrow: ESCROW })
  payments = await openPayments({
    folder,
    durability: 'normal',
    chainId: CHAIN_ID,
    escrow: ESCROW,
    providerRegistry: PROVIDER_REGISTRY,
    offers: [{ offerId: OFFER_ID, offer: anOffer(), weightsDigest: OFFER_ID }],
    terms: { intervalSeconds: 600, maxVoucherValidity: 86_400 },
    signerKey: new Uint8Array(32).fill(7),
    refreshSeconds: 1_000,
    staleSeconds: 1_000,
    isOpen: async () => true,
    readPayer: async ({ keys, lanes }) => ({
      balance: 10_000n,
      withdrawal: 0n,
      keys: keys.map((key) => ({ key, validUntil: 2 ** 40 - 1 })),
      channels: lanes.map((id) => ({ ...id, settled: 0n, ceiling: 0n, locked: 0n, lockedUntil: 0 })),
    }),
  })
})
afterEach(() => {
  payments.store.close()
  rmSync(folder, { recursive: true })
})

function appWith(changes: Partial<CreateAppParameters> = {}) {
  const { chainId, escrow } = payments
  return createApp({
    payments,
    answer: async (_, request) => [...request],
    onCharged: () => undefined,
    load: (offerId) => (offerId === OFFER_ID ? { capacity: 2, queued: 3 } : undefined),
    blobs: memoryBlobStore(),
    description: {
      ...{ version: '0', chainId, escrow, providerRegistry: PROVIDER_REGISTRY, provider: PAYER, offers: [] },
      ...{ signatures: 'native', settlementSeconds: 600, maxBodyBytes: 1_000 },
    },
    problems: () => [],
    maxBodyBytes: 1_000,
    maxBodyBytesAtOnce: 1_500,
    oip: {
      models: new Map(),
      direct: undefined,
      terms: {
        token: { name: 'USD', version: '1', chainId, verifyingContract: ESCROW },
        ...{ escrow, providerRegistry: PROVIDER_REGISTRY, provider: PAYER, signer: PAYER, accounts: new Map() },
        ...{ paymentSeconds: 180, settlementSeconds: 600, maxVoucherValidity: 86_400 },
      },
    },
    logger: (event) => events.push(event),
    ...changes,
  })
}
const header = (maxCumulative = 1_000n, lane = 1n) =>
  buyer.header({
    payer: PAYER,
    offerId: OFFER_ID,
    lane,
    maxCumulative,
    validUntil,
  })
const post = (app: ReturnType<typeof createApp>, voucher: string, text = 'hello') =>
  app.request('/v1/infer', {
    method: 'POST',
    headers: { 'stoa-voucher': voucher },
    body: new Uint8Array(aRequest(text)),
  })

test('MODEL_FAILED charges nothing, tells the operator why and the buyer not', async () => {
  const failing = { run: () => Promise.reject(new Error('out of memory at /srv/weights')) }
  const queue = queueModel({ model: failing, maxQueue: 1, timeoutMs: 1_000 })
  const response = await post(appWith({ answer: (_, request) => queue.run(request) }), header())
  expect(response.status).toBe(500)
  expect(await response.json()).toEqual({
    error: {
      code: 'MODEL_FAILED',
      message: 'The model failed to answer.',
      hint: 'Try again, or another provider.',
      retry: true,
    },
  })
  expect(payments.store.unsettledLanes()).toEqual([])
  expect(events).toMatchObject([{ event: 'failed', error: { cause: { message: 'out of memory at /srv/weights' } } }])
})

test('every answer to a call says how busy its model is, refusals too', async () => {
  const app = appWith()
  const responses = [await post(app, header()), await post(app, header())]
  expect(responses.map(({ status }) => status)).toEqual([200, 200])
  responses.push(await post(app, header(), 'other'))
  expect(responses.at(-1)?.status).toBe(409)
  for (const { headers } of responses) expect(headers.get('stoa-load')).toBe('capacity=2, queued=3')
  expect((await post(app, 'AAAA')).headers.get('stoa-load')).toBeNull()
})

test('an answer that is no list of tensors does not leave, charges nothing, and frees the lane', async () => {
  // A response that no list of tensors can be: what a bug in an engine would bring.
  const broken = appWith({ answer: async () => [{ name: '!', dtype: 'u8', dims: [1], data: new Uint8Array(9) }] })
  const response = await post(broken, header())
  expect({ status: response.status, receipt: response.headers.get('stoa-receipt') }).toEqual({
    status: 500,
    receipt: null,
  })
  expect((await post(appWith(), header(1_001n))).status).toBe(200)
})

test('INTERNAL when the store fails, without a word of the inside', async () => {
  const app = appWith()
  payments.store.close()
  const response = await post(app, header())
  expect(await response.json()).toEqual({
    error: {
      code: 'INTERNAL',
      message: 'The node failed.',
      hint: 'Ask again with the same payment, which is charged once at most, or ask another provider.',
      retry: true,
    },
  })
})

test('bodies take no more memory together than they may', async () => {
  const gate = Promise.withResolvers<void>()
  const app = appWith({
    answer: async (_, request) => {
      await gate.promise
      return [...request]
    },
  })
  const first = post(app, header(1_000n, 1n), 'x'.repeat(900))
  while (payments.book.total() === 0n) await new Promise((resolve) => setImmediate(resolve))
  const second = await post(app, header(1_000n, 2n), 'x'.repeat(900))
  expect({ status: second.status, body: await second.json() }).toMatchObject({
    status: 503,
    body: { error: { code: 'OVERLOADED' } },
  })
  expect(second.headers.get('retry-after')).toBe('2')
  gate.resolve()
  expect((await first).status).toBe(200)
  expect((await post(app, header(2_000n, 2n), 'x'.repeat(50))).status).toBe(200)
})

test('a body that breaks off is the caller’s failure', async () => {
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      stream.enqueue(new Uint8Array(10))
      stream.error(new Error('gone'))
    },
  })
  const init = { method: 'POST', headers: { 'stoa-voucher': header() }, body, duplex: 'half' }
  const response = await appWith().request('/v1/infer', init)
  expect(await response.json()).toMatchObject({ error: { code: 'BAD_REQUEST', message: 'The body broke off.' } })
})

test('health says what is wrong', async () => {
  const response = await appWith({ problems: () => ['The chain does not answer.'] }).request('/health')
  expect({ status: response.status, body: await response.json() }).toEqual({
    status: 503,
    body: { status: 'unavailable', problems: ['The chain does not answer.'] },
  })
})

test('logs hold no voucher, signature or request', async () => {
  const app = appWith()
  const secret = 'a private sentence'
  expect((await post(app, header(), secret)).status).toBe(200)
  await post(app, header(), 'another')
  const log = JSON.stringify(events, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
  expect(log).not.toContain(secret)
  expect(log).not.toContain(header().slice(-80))
  expect(events.map(({ event }) => event)).toEqual(['answered', 'refused'])
})
