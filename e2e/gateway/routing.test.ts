import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex } from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ground, openGround } from '../ground/openGround.ts'

// Providers and gateway are processes of their own, and what answers is a server behind the nodes, so that a test knows the answers.
const MODEL = 'test/market'
const LIMIT = 1_000_000
/** Calls that a seller takes at once, and half of what a gateway does. */
const QUEUE = 32

type Provider = Awaited<ReturnType<Ground['provide']>>
type Gateway = Awaited<ReturnType<Ground['gatewayProcess']>>

let ground: Ground
let [cheap, other, dear]: Provider[] = []
let start: () => Promise<Gateway>
let gateway: Gateway
beforeAll(async () => {
  ground = await openGround()
  const { url } = await ground.server('chatServer.ts')
  const card = { name: MODEL, task: 'chat', context: 4_096 } as const
  const file = { 'upstream.json': Buffer.from('{"stoa":"upstream/1","protocol":"openai","model":"echo"}') }
  const modelId = await ground.publish(card, file)
  const provide = (model: string, price: bigint) =>
    ground.provide([{ modelId, unit: 'call', price, upstream: { protocol: 'openai', url, model } }])
  cheap = await provide('echo', 10_000_000n)
  other = await provide('echo', 10_000_000n)
  dear = await provide('echo', 90_000_000n)
  const { payer, sessionKey } = await ground.payer(10_000_000n)
  const parameters = { folder: ground.folder(), payer, sessionKey: bytesToHex(sessionKey) }
  // An answer that nobody has is believed to be none at once, so that what is in doubt is settled by the next look.
  const timeouts = { refresh: 200, settleDoubt: 2_000, answer: 60_000, coolDown: 300, turn: 60_000 }
  start = () => ground.gatewayProcess({ ...parameters, timeouts })
  gateway = await start()
})
afterAll(() => ground?.close())

async function call(path: string, body?: unknown, key?: string) {
  const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) }
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await fetch(`${gateway.url}${path}`, init)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const chat = (provider: object = {}, key?: string) => {
  const messages = [{ role: 'user', content: 'one two three four five six seven eight' }]
  return call('/v1/chat/completions', { model: MODEL, max_tokens: 50, messages, provider }, key)
}
const sellerOf = ({ body }: { body: Record<string, unknown> }) => (body.stoa as { provider: string }).provider

type Receipt = { charge: string; provider: string }
async function receipts(): Promise<Receipt[]> {
  const all: Receipt[] = []
  for (let after = ''; ; ) {
    const { body } = await call(`/v1/receipts?limit=100${after}`)
    all.push(...(body.data as Receipt[]))
    if (!body.has_more) return all
    after = `&after=${body.next}`
  }
}

describe('a market of processes', () => {
  it('is asked by the rules of each call', async () => {
    expect(sellerOf(await chat({ sort: 'price', ignore: [other?.provider] }))).toBe(cheap?.provider)
    expect(sellerOf(await chat({ only: [dear?.provider] }))).toBe(dear?.provider)
    expect(sellerOf(await chat({ order: [other?.provider], allow_fallbacks: false }))).toBe(other?.provider)
  })

  it('has more calls at once answered than a seller takes: they wait for their turn, and each is paid once', async () => {
    const before = (await receipts()).length
    const answers = await Promise.all(Array.from({ length: 2 * QUEUE - 4 }, () => chat({ only: [dear?.provider] })))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect((await receipts()).length).toBe(before + answers.length)
    expect((await call('/v1/status')).body).toMatchObject({ lanes: { inFlight: 0, doubt: 0, retired: 0 } })
  })

  it('answers on when the best is killed, never asks it twice for a call, and takes it up again', async () => {
    const before = (await receipts()).length
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        await sleep(10 * i)
        if (i === 8) await cheap?.kill()
        return chat()
      }),
    )
    const failed = answers.filter(({ status }) => status !== 200)
    expect(failed).toEqual([])
    // Each call has one receipt and no more: what the killed one was paid for and lost is asked for again later, or was never charged.
    expect((await receipts()).length).toBe(before + 20)
    const { body } = await call(`/v1/models/${MODEL}`)
    const { offers } = body.stoa as { offers: { provider: string; state: string }[] }
    expect(offers.find(({ provider }) => provider === cheap?.provider)?.state).not.toBe('distrusted')
    expect(sellerOf(await chat({ sort: 'price', order: [cheap?.provider] }))).toBe(other?.provider)
  })
})

it('a gateway that is killed again and again in the middle of calls spends what its receipts say, to the wei, and no budget is overdrawn', async () => {
  const made = await call('/v1/keys', { name: 'crowd', total: String(LIMIT) })
  const { key, id } = made.body as { key: string; id: string }
  const before = (await receipts()).length
  type Lanes = { inFlight: number; doubt: number }
  /** Calls of which nobody knows yet how they ended: one in doubt is in flight for as long as its seller is asked about it. */
  const open = async () => {
    const { inFlight, doubt } = (await call('/v1/status')).body.lanes as Lanes
    return inFlight + doubt
  }
  // What the killed seller was asked last is in doubt until its voucher expires.
  const lost = await open()
  for (let round = 0; round < 4; round++) {
    const calls = Array.from({ length: 12 }, () => chat({ only: [other?.provider] }, key).catch(() => undefined))
    // Somewhere between the first voucher and the last receipt; the last time when something was bought, however slow this machine is.
    await (round < 3 ? sleep(40 + 90 * round) : Promise.race(calls))
    await gateway.kill()
    await Promise.all(calls)
    gateway = await start()
  }
  type Key = { id: string; spent_total: string; held: string }
  const standing = async (): Promise<Key | undefined> =>
    ((await call('/v1/keys')).body.data as Key[]).find((each) => each.id === id)
  const isOpen = async () => (await open()) > lost || (await standing())?.held !== '0'
  await expect.poll(isOpen, { interval: 100 }).toBe(false)
  const own = (await receipts()).slice(0, -before)
  const charged = own.reduce((sum, { charge }) => sum + BigInt(charge), 0n)
  expect((await call('/v1/status')).body).toMatchObject({ lanes: { retired: 0 }, overcharged: [] })
  expect(await standing()).toMatchObject({ held: '0', spent_total: String(charged) })
  expect(charged).toBeGreaterThan(0n)
  expect(new Set(own.map((each) => JSON.stringify(each))).size).toBe(own.length)
})
