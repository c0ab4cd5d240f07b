import { type Fate, openRpcProxy, type RpcProxy } from '@stoa/localnet/rpcProxy'
import { type Hex, RECEIPT_HEADER } from '@stoa/protocol'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ServerProcess, startNode } from '../testing/serverProcess.ts'
import { calling, inferUrl, openX402Shop, PRICE, type X402Shop } from '../testing/x402Shop.ts'

let shop: X402Shop
let proxy: RpcProxy
let running: ServerProcess | undefined
beforeAll(async () => {
  shop = await openX402Shop()
  proxy = await openRpcProxy(shop.market.chain.rpcUrl)
})
afterEach(async () => {
  await running?.end()
  proxy.decide(() => 'pass')
})
afterAll(async () => {
  proxy?.close()
  await shop?.close()
})

/** A node in a process of its own; resolves with its URL. */
async function start(offerId: Hex, folder: string): Promise<string> {
  running = await startNode({ ...shop.parametersOf(offerId), folder, rpcUrl: proxy.url }, shop.market.blobsFolder)
  return running.url
}

/** Where the process is ended: while this request to the chain hangs, before or after the chain has seen it. */
const STEPS: readonly [step: string, method: string, fate: Fate][] = [
  ['the payment is being checked', 'eth_getCode', 'hang'],
  ['it is answered and about to be settled', 'eth_fillTransaction', 'hang'],
  ['it is about to be sent', 'eth_sendRawTransaction', 'hang'],
  ['it was sent', 'eth_sendRawTransaction', 'hangAfter'],
  ['it was mined', 'eth_getTransactionReceipt', 'hangAfter'],
]

test.each(STEPS)('killed while %s: the same payment brings the answer, and pays once', async (_, method, fate) => {
  const offerId = await shop.offer()
  const { folder } = shop.parametersOf(offerId)
  const { payer } = await shop.exactBuyer()
  const url = await start(offerId, folder)
  const { header } = await shop.pay(url, shop.bodyOf(), payer)
  let reached = false
  proxy.decide((each) => {
    if (each !== method || reached) return 'pass'
    reached = true
    return fate
  })
  const before = proxy.hanging()
  const lost = fetch(inferUrl(url), calling(shop.bodyOf(), header)).catch(() => undefined)
  await expect.poll(() => proxy.hanging()).toBe(before + 1)
  await running?.end()
  expect(await lost).toBeUndefined()

  proxy.decide(() => 'pass')
  const again = await start(offerId, folder)
  const [one, twin] = await Promise.all([1, 2].map(() => fetch(inferUrl(again), calling(shop.bodyOf(), header))))
  expect([one?.status, twin?.status]).toEqual([200, 200])
  expect(one?.headers.get(RECEIPT_HEADER)).toBe(twin?.headers.get(RECEIPT_HEADER))
  expect(await shop.balanceOf(payer)).toBe(10n ** 6n - PRICE)
  await expect.poll(() => shop.earned(offerId)).toEqual({ revenue: PRICE, unswept: 0n })
})

test('killed after it was delivered: the same answer and receipt again', async () => {
  const offerId = await shop.offer()
  const { folder } = shop.parametersOf(offerId)
  const { payer } = await shop.exactBuyer()
  const url = await start(offerId, folder)
  const { header } = await shop.pay(url, shop.bodyOf(), payer)
  const first = await fetch(inferUrl(url), calling(shop.bodyOf(), header))
  await running?.end()
  const again = await fetch(inferUrl(await start(offerId, folder)), calling(shop.bodyOf(), header))
  for (const name of [RECEIPT_HEADER, 'payment-response']) expect(again.headers.get(name)).toBe(first.headers.get(name))
  expect(await again.json()).toEqual(await first.json())
  expect(await shop.balanceOf(payer)).toBe(10n ** 6n - PRICE)
})
