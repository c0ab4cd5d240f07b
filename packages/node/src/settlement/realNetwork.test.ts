import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { openRpcProxy, type RpcProxy } from '@stoa/localnet/rpcProxy'
import type { Hex } from '@stoa/protocol'
import { getChannel, settlePayments } from '@stoa/sdk'
import { createTestClient, http, parseEther, parseGwei, publicActions } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { NodeEvent } from '../events.ts'
import type { NodeParameters } from '../parameters.ts'
import { aVoucher, infer, whiteImage } from '../testing/shop.ts'
import { calling, inferUrl, openX402Shop, PRICE, type X402Shop } from '../testing/x402Shop.ts'

let shop: X402Shop
let anvil: ReturnType<typeof cheats>
const cheats = () =>
  createTestClient({ mode: 'anvil', transport: http(shop.market.chain.rpcUrl, { timeout: 60_000 }) }).extend(
    publicActions,
  )
beforeAll(async () => {
  shop = await openX402Shop()
  anvil = cheats()
})
const proxies: RpcProxy[] = []
afterEach(async () => {
  await shop.closeNodes()
  for (const proxy of proxies.splice(0)) proxy.close()
})
afterAll(() => shop?.close())

/** Takes back blocks down to this one, and mines empty ones in their place, one more than there were. */
async function reorganise(downTo: bigint): Promise<void> {
  const head = await anvil.getBlockNumber({ cacheTime: 0 })
  const depth = Number(head - downTo) + 1
  await anvil.request({ method: 'anvil_rollback', params: [depth] } as never)
  // Other blocks than there were: another time makes another hash.
  await anvil.increaseTime({ seconds: 3 })
  await anvil.mine({ blocks: depth + 1 })
}

function opening(changes: Partial<NodeParameters> = {}) {
  const events: NodeEvent[] = []
  const named = <E extends NodeEvent['event']>(event: E) =>
    events.filter((each): each is Extract<NodeEvent, { event: E }> => each.event === event)
  return {
    named,
    changes: { limits: { refreshSeconds: 1 }, logger: (event: NodeEvent) => events.push(event), ...changes },
  }
}

const settledOn = async (payer: { account: { address: Hex } }, offerId: Hex, lane = 1n) => {
  const { deployment, provider } = shop.market
  return (await getChannel(provider, { deployment, payer: payer.account.address, offerId, lane })).settled
}

test('settled, taken back by a reorganisation, settled again, and final in the end', async () => {
  const { named, changes } = opening({ settlement: { finalityBlocks: 5 } })
  const { node, url, buyer, payer, offerId } = await shop.open(changes)
  expect((await infer(url, buyer.header(aVoucher(payer, offerId)), whiteImage(8))).status).toBe(200)
  const { hashes } = await node.settleNow()
  const { blockNumber } = await anvil.getTransactionReceipt({ hash: hashes[0] as Hex })
  expect(node.status()).toMatchObject({ owedWei: 0n, unfinalLanes: 1 })

  await reorganise(blockNumber)
  expect(await settledOn(payer, offerId)).toBe(0n)
  await expect.poll(() => named('settlement-reverted')).toMatchObject([{ lane: 1n, lostWei: 64n }])
  expect(node.status().owedWei).toBe(64n)
  // The payer's next call counts the debt that came back.
  const next = aVoucher(payer, offerId, { maxCumulative: 20_000n })
  expect((await infer(url, buyer.header(next), whiteImage(8))).status).toBe(200)
  expect(await node.settleNow()).toMatchObject({ settled: 1, paidWei: 128n, owedWei: 0n })
  expect(await settledOn(payer, offerId)).toBe(128n)
  await anvil.mine({ blocks: 6 })
  await expect.poll(() => node.status().unfinalLanes).toBe(0)
  expect(named('settlement-reverted')).toHaveLength(1)
})

test('a signed transfer that a reorganisation took back is submitted again, and paid once', async () => {
  const { named, changes } = opening()
  const offerId = await shop.offer()
  const { url, node } = await shop.open({ ...changes, offers: [{ offerId }] })
  const { fetch, payer } = await shop.exactBuyer()
  const answer = await fetch(inferUrl(url), calling(shop.bodyOf('reorganised')))
  expect(answer.status).toBe(200)
  const { transaction } = JSON.parse(Buffer.from(answer.headers.get('payment-response') ?? '', 'base64').toString())
  const { blockNumber } = await anvil.getTransactionReceipt({ hash: transaction })
  await reorganise(blockNumber)
  expect(await shop.balanceOf(payer)).toBe(10n ** 6n)
  await expect.poll(() => named('payment-reverted')).toMatchObject([{ state: 'unused', amountWei: PRICE }])
  await expect.poll(() => shop.balanceOf(payer)).toBe(10n ** 6n - PRICE)
  await expect.poll(() => node.status().pendingPayments).toBe(0)
  expect(await shop.earned(offerId)).toEqual({ revenue: PRICE, unswept: 0n })
})

test('a signed transfer that was taken back is submitted again by the node that comes after', async () => {
  const { named, changes } = opening()
  const offerId = await shop.offer()
  const proxy = await openRpcProxy(shop.market.chain.rpcUrl)
  proxies.push(proxy)
  const folder = mkdtempSync(join(shop.folder, 'node-'))
  const { node, url } = await shop.open({ ...changes, folder, rpcUrl: proxy.url, offers: [{ offerId }] })
  const { fetch, payer } = await shop.exactBuyer()
  const answer = await fetch(inferUrl(url), calling(shop.bodyOf('taken back')))
  const { transaction } = JSON.parse(Buffer.from(answer.headers.get('payment-response') ?? '', 'base64').toString())
  const { blockNumber } = await anvil.getTransactionReceipt({ hash: transaction })
  proxy.decide((method) => (method === 'eth_sendRawTransaction' ? 'error' : 'pass'))
  await reorganise(blockNumber)
  await expect.poll(() => named('payments-failed').length).toBeGreaterThan(0)
  expect(named('payment-reverted')).toMatchObject([{ state: 'unused' }])
  await node.close()
  proxy.decide(() => 'pass')
  // Nobody asks for the answer again.
  await shop.open({ ...changes, folder, rpcUrl: proxy.url, offers: [{ offerId }] })
  await expect.poll(() => shop.balanceOf(payer)).toBe(10n ** 6n - PRICE)
  await expect.poll(() => shop.earned(offerId)).toEqual({ revenue: PRICE, unswept: 0n })
  expect(named('payment-reverted')).toHaveLength(1)
})

test('a signed transfer that a reorganisation put into a block before its call is found there', async () => {
  const { named, changes } = opening()
  const offerId = await shop.offer()
  const { url } = await shop.open({ ...changes, offers: [{ offerId }] })
  const { payer } = await shop.exactBuyer()
  await anvil.mine({ blocks: 4 })
  const body = shop.bodyOf('earlier')
  const { header, payload } = await shop.pay(url, body, payer)
  const asked = await anvil.getBlockNumber({ cacheTime: 0 })
  expect((await fetch(inferUrl(url), calling(body, header))).status).toBe(200)
  const head = await anvil.getBlockNumber({ cacheTime: 0 })
  await anvil.request({ method: 'anvil_rollback', params: [Number(head - asked) + 3] } as never)
  const { authorization, signature } = payload.payload as { authorization: Record<string, string>; signature: Hex }
  const { value, validAfter, validBefore, nonce } = authorization
  const times = { validAfter: BigInt(validAfter ?? 0), validBefore: BigInt(validBefore ?? 0) }
  const payment = { offerId, payer: payer.account.address, nonce: nonce as Hex, signature, ...times }
  const { provider, deployment } = shop.market
  const { blockNumber } = await settlePayments(provider, {
    ...{ deployment, payments: [{ ...payment, amount: BigInt(value ?? 0) }] },
  })
  expect(blockNumber).toBeLessThan(asked)
  await anvil.mine({ blocks: 8 })
  // The node sees it by itself, and tells the transaction that there is now.
  const isMined = async () => {
    const response = await fetch(inferUrl(url), calling(body, header))
    const { transaction } = JSON.parse(Buffer.from(response.headers.get('payment-response') ?? '', 'base64').toString())
    const mined = transaction && (await anvil.getTransactionReceipt({ hash: transaction }).catch(() => undefined))
    return { status: response.status, mined: mined?.status }
  }
  await expect.poll(isMined).toEqual({ status: 200, mined: 'success' })
  expect(named('payment-reverted').filter(({ state }) => state !== 'unused')).toEqual([])
  expect(await shop.earned(offerId)).toEqual({ revenue: PRICE, unswept: 0n })
})

test('an endpoint that dies, in the middle of a settlement too, costs nothing: the other is asked', async () => {
  const { named, changes } = opening()
  const [one, two] = [await openRpcProxy(shop.market.chain.rpcUrl), await openRpcProxy(shop.market.chain.rpcUrl)]
  proxies.push(one, two)
  two.slow(20)
  const { node, url, buyer, payer, offerId } = await shop.open({ ...changes, rpcUrl: [one.url, two.url] })
  const call = (cumulative: bigint) =>
    infer(url, buyer.header(aVoucher(payer, offerId, { maxCumulative: cumulative })), whiteImage(8))
  expect((await call(10_000n)).status).toBe(200)
  // What the first takes, it does not tell; from then on it is gone.
  let sent = false
  one.decide((method) => {
    const fate = sent ? 'cut' : method === 'eth_sendRawTransaction' ? 'lose' : 'pass'
    sent ||= method === 'eth_sendRawTransaction'
    return fate
  })
  const settled = await node.settleNow().catch((error) => error)
  // Mined at once: the second endpoint can't say by whom, so the outcome is not known, and the next look finds it.
  if (settled instanceof Error) expect(await node.settleNow()).toMatchObject({ refused: 0, owedWei: 0n })
  expect(await settledOn(payer, offerId)).toBe(64n)
  expect((await call(20_000n)).status).toBe(200)
  expect(await node.settleNow()).toMatchObject({ settled: 1, paidWei: 64n, owedWei: 0n })
  expect(named('endpoint')[0]).toMatchObject({ condition: 'failing' })
  expect(node.status().warnings.join()).toContain('is failing')
})

test('nothing is settled by itself that costs more gas than it brings, and what has little gas says so', async () => {
  const { named, changes } = opening({
    // 64 wei of a dollar, where one claim costs a dollar and more.
    settlement: { thresholdWei: 1n, intervalSeconds: 4, coinPriceWei: 3_000n * 10n ** 6n },
  })
  await anvil.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('20') })
  await anvil.mine({ blocks: 1 })
  const settler = privateKeyToAccount(shop.market.settlementKey).address
  const before = await anvil.getBalance({ address: settler })
  await anvil.setBalance({ address: settler, value: parseEther('0.01') })
  const { node, url, buyer, payer, offerId } = await shop.open(changes)
  expect((await infer(url, buyer.header(aVoucher(payer, offerId)), whiteImage(8))).status).toBe(200)
  await expect.poll(() => named('settlement-uneconomic')).toMatchObject([{ owedWei: 64n }])
  await expect.poll(() => node.status().warnings.join()).toContain('send it some')
  const low = named('gas-low').filter(({ account }) => account === settler)
  expect(low).toMatchObject([{ balanceWei: parseEther('0.01') }])
  expect(await settledOn(payer, offerId)).toBe(0n)
  // Its operator may all the same.
  await anvil.setBalance({ address: settler, value: before })
  expect(await node.settleNow()).toMatchObject({ settled: 1, paidWei: 64n })
})
