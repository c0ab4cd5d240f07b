import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex, decodeReceiptHeader, type Hex, RECEIPT_HEADER } from '@stoa/protocol'
import { closeOffer, getChannel, lock, requestWithdrawal } from '@stoa/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createNode } from './createNode.ts'
import type { NodeEvent } from './events.ts'
import type { NodeParameters } from './parameters.ts'
import { ocrFiles } from './testing/localMarket.ts'
import { type ServerProcess, startNode } from './testing/serverProcess.ts'
import { aVoucher, infer, now, openShop, refusal, whiteImage } from './testing/shop.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => shop.closeNodes())
afterAll(() => shop?.close())

/** 1,000,000 pixels: some hundred milliseconds of work, for 1,000 wei. */
const LARGE = 1_000
const CHEAP = { price: 1_000n }

describe('calls at the same time', () => {
  test('LANE_BUSY on one lane, OVERLOADED beyond the queue; nobody is charged for it', async () => {
    const { url, buyer, payer, offerId, node } = await shop.open({ limits: { maxQueue: 1 } }, CHEAP)
    const header = (lane: bigint, maxCumulative = 10_000n) =>
      buyer.header(aVoucher(payer, offerId, { lane, maxCumulative }))
    // The account is known from here on, so that the calls below meet in the model.
    expect((await infer(url, header(1n), whiteImage(16))).status).toBe(200)
    expect((await infer(url, header(2n), whiteImage(16))).status).toBe(200)
    const first = infer(url, header(1n, 20_000n), whiteImage(LARGE))
    while (node.status().offers[0]?.queue === 0) await sleep(1)
    expect(await refusal(await infer(url, header(1n, 30_000n), whiteImage(16)))).toMatchObject({ code: 'LANE_BUSY' })
    expect(await refusal(await infer(url, header(2n, 20_000n), whiteImage(16)))).toMatchObject({ code: 'OVERLOADED' })
    expect((await first).status).toBe(200)
    expect(node.status().owedWei).toBe(1_002n)
  })

  test('MODEL_TIMEOUT charges nothing and frees the lane', async () => {
    const { url, buyer, payer, offerId, node } = await shop.open({ limits: { modelTimeoutMs: 20 } }, CHEAP)
    const header = (maxCumulative: bigint) => buyer.header(aVoucher(payer, offerId, { maxCumulative }))
    expect(await refusal(await infer(url, header(10_000n), whiteImage(LARGE)))).toMatchObject({ code: 'MODEL_TIMEOUT' })
    expect(node.status()).toMatchObject({ owedWei: 0n, unsettledLanes: 0 })
    expect(await refusal(await infer(url, header(10_001n), whiteImage(LARGE)))).toMatchObject({ code: 'MODEL_TIMEOUT' })
  })
})

describe('trust in a deposit', () => {
  test('OVER_EXPOSURE is told, and ends with a lock or with a settlement', async () => {
    const { url, buyer, payer, offerId, node } = await shop.open({}, { exposure: 300n })
    const header = (lane: bigint, maxCumulative: bigint) =>
      buyer.header(aVoucher(payer, offerId, { lane, maxCumulative }))
    const error = await refusal(await infer(url, header(1n, 400n), whiteImage(20)))
    expect(error).toMatchObject({ code: 'OVER_EXPOSURE', needed: '400', available: '300' })
    const { deployment } = shop.market
    await lock(payer, { deployment, offerId, lane: 1n, amount: 400n, until: now() + 7_200 })
    expect((await infer(url, header(1n, 401n), whiteImage(20))).status).toBe(200)
    // The lock is the first lane's alone.
    expect((await refusal(await infer(url, header(2n, 400n), whiteImage(20)))).code).toBe('OVER_EXPOSURE')
    await node.settleNow()
    expect(await getChannel(payer, { deployment, payer: payer.account.address, offerId, lane: 1n })).toMatchObject({
      settled: 400n,
      locked: 0n,
    })
    // Less than half of the exposure, so that the node does not settle it by itself before the next.
    expect((await infer(url, header(2n, 401n), whiteImage(10))).status).toBe(200)
    expect((await refusal(await infer(url, header(3n, 256n), whiteImage(16)))).code).toBe('OVER_EXPOSURE')
    await node.settleNow()
    expect((await infer(url, header(3n, 257n), whiteImage(16))).status).toBe(200)
  })

  test('what is announced to leave no longer counts', async () => {
    const { url, buyer, payer, offerId } = await shop.open()
    await requestWithdrawal(payer, { deployment: shop.market.deployment, amount: 10n ** 6n - 100n })
    const error = await refusal(await infer(url, buyer.header(aVoucher(payer, offerId)), whiteImage(16)))
    expect(error).toMatchObject({ code: 'OVER_DEPOSIT', needed: '256', available: '100' })
  })

  test('a closed offer sells nothing more, and what it sold is settled', async () => {
    const { url, buyer, payer, offerId, node } = await shop.open()
    const header = (maxCumulative: bigint) => buyer.header(aVoucher(payer, offerId, { maxCumulative }))
    expect((await infer(url, header(1_000n), whiteImage(16))).status).toBe(200)
    await closeOffer(shop.market.provider, { deployment: shop.market.deployment, offerId })
    let response = await infer(url, header(2_000n), whiteImage(16))
    for (let voucher = 3_000n; response.status === 200; voucher += 1_000n) {
      await sleep(100)
      response = await infer(url, header(voucher), whiteImage(16))
    }
    expect((await refusal(response)).code).toBe('OFFER_CLOSED')
    expect(await node.settleNow()).toMatchObject({ settled: 1, owedWei: 0n })
  })
})

test('settles by itself when a payer has used up half of its exposure', async () => {
  const settled = Promise.withResolvers<NodeEvent>()
  const logger = (event: NodeEvent) => event.event === 'settled' && settled.resolve(event)
  const { url, buyer, payer, offerId, node } = await shop.open({ logger }, { exposure: 500n })
  await infer(url, buyer.header(aVoucher(payer, offerId)), whiteImage(16))
  expect(await settled.promise).toMatchObject({ claims: 1, paidWei: 256n })
  expect(node.status().owedWei).toBe(0n)
})

test('a call under way when the node is closed is answered and charged', async () => {
  const { url, buyer, payer, offerId, node } = await shop.open({}, CHEAP)
  const call = infer(url, buyer.header(aVoucher(payer, offerId)), whiteImage(LARGE))
  while (node.status().offers[0]?.queue === 0) await sleep(1)
  await node.close()
  expect((await call).status).toBe(200)
  await expect(fetch(url)).rejects.toThrow()
})

describe('a process that ends without warning', () => {
  let running: ServerProcess | undefined
  afterEach(() => running?.end())
  const start = async (parameters: NodeParameters): Promise<string> => {
    running = await startNode(parameters, shop.market.blobsFolder)
    return running.url
  }

  test('has forgotten nothing: answers come again, debts are settled, no voucher counts twice', async () => {
    const offerId = await shop.market.offer(CHEAP)
    const { buyer, payer } = await shop.openAccount()
    const parameters = shop.parametersOf(offerId)
    const validUntil = now() + 3_600
    const voucher = (maxCumulative: bigint) => aVoucher(payer, offerId, { maxCumulative, validUntil })
    const header = (maxCumulative: bigint) => buyer.header(voucher(maxCumulative))

    let url = await start(parameters)
    const first = await infer(url, header(1_000n), whiteImage(16))
    const receipt = first.headers.get(RECEIPT_HEADER) ?? ''
    const answer = await first.bytes()
    // In the middle of a call, too.
    const lost = infer(url, header(5_000n), whiteImage(2 * LARGE)).catch(() => undefined)
    await sleep(100)
    await running?.end()
    await lost

    url = await start(parameters)
    const again = await infer(url, header(1_000n), whiteImage(16))
    expect(again.headers.get(RECEIPT_HEADER)).toBe(receipt)
    expect(await again.bytes()).toEqual(answer)
    expect((await refusal(await infer(url, header(1_000n), whiteImage(17)))).code).toBe('VOUCHER_REPLAYED')
    // Whichever came first, the answer or the end: what can be fetched was charged, and nothing else was.
    const headers = { 'stoa-voucher': header(5_000n) }
    const inDoubt = await fetch(`${url}/v1/answers/${buyer.digest(voucher(5_000n))}`, { headers })
    const charged = inDoubt.status === 200 ? 4_002n : 2n
    const next = await infer(url, header(9_000n), whiteImage(16))
    expect(decodeReceiptHeader(next.headers.get(RECEIPT_HEADER) ?? '').chargedCumulative).toBe(charged)
    await running?.end()

    const node = await createNode(parameters)
    expect(node.status()).toMatchObject({ owedWei: charged, unsettledLanes: 1 })
    expect(await node.settleNow()).toMatchObject({ settled: 1, paidWei: charged, owedWei: 0n })
    await node.close()
  })

  test('with its store lost, takes up each lane where the chain has it', async () => {
    const offerId = await shop.market.offer()
    const { buyer, payer } = await shop.openAccount()
    const parameters = shop.parametersOf(offerId)
    const header = (maxCumulative: bigint) => buyer.header(aVoucher(payer, offerId, { maxCumulative }))
    const node = await createNode(parameters)
    const call = (voucher: bigint, at = node) =>
      at.app.request('/v1/infer', {
        method: 'POST',
        body: whiteImage(16),
        headers: { 'stoa-voucher': header(voucher) },
      })
    expect((await call(1_000n)).status).toBe(200)
    await node.settleNow()
    await node.close()
    rmSync(join(parameters.folder, 'node.db'))
    const reborn = await createNode(parameters)
    expect(await refusal(await call(1_000n, reborn))).toMatchObject({
      code: 'VOUCHER_TOO_LOW',
      chargedCumulative: '256',
      voucherCumulative: '1000',
    })
    expect(decodeReceiptHeader((await call(2_000n, reborn)).headers.get(RECEIPT_HEADER) ?? '').chargedCumulative).toBe(
      512n,
    )
    await reborn.close()
  })
})

describe('what a node does not start with', () => {
  const failing = async (changes: Partial<NodeParameters>, offerId?: Hex) =>
    createNode({ ...shop.parametersOf(offerId ?? (await shop.market.offer())), ...changes })

  test('a key that is not the registered one, or may not settle', async () => {
    await expect(failing({ signerKey: new Uint8Array(32).fill(1) })).rejects.toMatchObject({
      code: 'WRONG_RECEIPT_KEY',
    })
    await expect(failing({ settlementKey: bytesToHex(new Uint8Array(32).fill(1)) })).rejects.toMatchObject({
      code: 'NOT_SETTLER',
    })
  })

  test('times that a withdrawal would outrun, and offers that no task answers', async () => {
    await expect(failing({ settlement: { intervalSeconds: 2 * 86_400 } })).rejects.toMatchObject({
      code: 'SETTLEMENT_TOO_SLOW',
    })
    await expect(failing({}, await shop.market.offer({ unit: 'token' }))).rejects.toMatchObject({
      code: 'UNSERVABLE_OFFER',
    })
    await expect(failing({}, `0x${'12'.repeat(32)}`)).rejects.toMatchObject({ code: 'NOT_SETTLER' })
  })

  test('weights that are not the ones on the ledger', async () => {
    const { modelId } = await shop.market.publish(ocrFiles(), { weights: `0x${'34'.repeat(32)}` })
    const offerId = await shop.market.offer({ modelId })
    await expect(failing({}, offerId)).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' })
  })
})

test('CHAIN_UNAVAILABLE for strangers while the chain is down; known buyers are served for a while', async () => {
  /** A node that is content with what it knows for so long, and a call to it on a lane. */
  const openFor = async (staleSeconds: number) => {
    const { url, buyer, payer, offerId } = await shop.open({ limits: { refreshSeconds: 1, staleSeconds } })
    const call = (maxCumulative: bigint, lane = 1n) =>
      infer(url, buyer.header(aVoucher(payer, offerId, { maxCumulative, lane })), whiteImage(16))
    expect((await call(1_000n)).status).toBe(200)
    return { url, call }
  }
  const [content, wary] = [await openFor(3_600), await openFor(3)]
  await shop.market.chain.stop()
  expect((await refusal(await content.call(1_000n, 2n))).code).toBe('CHAIN_UNAVAILABLE')
  expect((await content.call(2_000n)).status).toBe(200)
  while ((await fetch(`${wary.url}/health`)).status === 200) await sleep(100)
  expect(await (await fetch(`${wary.url}/health`)).json()).toMatchObject({ problems: ['The chain does not answer.'] })
  expect((await refusal(await wary.call(2_000n))).code).toBe('CHAIN_UNAVAILABLE')
})
