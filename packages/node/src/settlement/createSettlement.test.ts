import { createChainClient, deposit, getChannel, lock, settle } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNode } from '../createNode.ts'
import type { NodeEvent } from '../events.ts'
import { aVoucher, infer, now, openShop, whiteImage } from '../testing/shop.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop?.close())

const channelOf = (payer: { account: { address: `0x${string}` } }, offerId: `0x${string}`, lane: bigint) => ({
  deployment: shop.market.deployment,
  payer: payer.account.address,
  offerId,
  lane,
})

test('settles any number of lanes, in batches, once', async () => {
  const { node, url, buyer, payer, offerId } = await shop.open()
  for (let lane = 1n; lane <= 60n; lane++)
    expect((await infer(url, buyer.header(aVoucher(payer, offerId, { lane })), whiteImage(8))).status).toBe(200)
  // Asked twice at once, whichever comes second finds nothing left to do.
  const settlements = await Promise.all([node.settleNow(), node.settleNow()])
  const [none, all] = settlements.sort((a, b) => a.settled - b.settled)
  expect(all).toMatchObject({ settled: 60, refused: 0, paidWei: 60n * 64n, owedWei: 0n })
  expect(all?.hashes).toHaveLength(2)
  expect(none).toMatchObject({ settled: 0, hashes: [] })
  expect(await getChannel(payer, channelOf(payer, offerId, 60n))).toMatchObject({ settled: 64n })
})

test('a payer without funds costs nobody else anything, is not asked again at once, and is when it pays again', async () => {
  const events: NodeEvent[] = []
  const { node, url, buyer, payer, offerId } = await shop.open({ logger: (event) => events.push(event) })
  const { deployment } = shop.market
  const other = await shop.openAccount()
  await infer(url, buyer.header(aVoucher(payer, offerId)), whiteImage(8))
  await infer(url, other.buyer.header(aVoucher(other.payer, offerId)), whiteImage(8))
  // Everything but 10 wei goes where this claim cannot reach it.
  await lock(payer, { deployment, offerId, lane: 9n, amount: 10n ** 6n - 10n, until: now() + 7_200 })
  expect(await node.settleNow()).toMatchObject({ settled: 2, refused: 0, paidWei: 74n, owedWei: 54n })
  expect(await node.settleNow()).toMatchObject({ hashes: [], owedWei: 54n })
  const friend = await shop.market.account(1_000n)
  await deposit(friend, { deployment, payer: payer.account.address, amount: 1_000n })
  expect(
    (await infer(url, buyer.header(aVoucher(payer, offerId, { maxCumulative: 20_000n })), whiteImage(8))).status,
  ).toBe(200)
  expect(await node.settleNow()).toMatchObject({ settled: 1, paidWei: 118n, owedWei: 0n })
  expect(await getChannel(payer, channelOf(payer, offerId, 1n))).toMatchObject({ settled: 128n, ceiling: 20_000n })
})

test('a claim that the chain refuses is told, and its debt still counts', async () => {
  const events: NodeEvent[] = []
  const { node, url, buyer, payer, offerId } = await shop.open(
    { logger: (event) => events.push(event) },
    { exposure: 100n },
  )
  const { deployment } = shop.market
  await infer(url, buyer.header(aVoucher(payer, offerId)), whiteImage(8))
  await lock(payer, { deployment, offerId, lane: 9n, amount: 10n ** 6n, until: now() + 7_200 })
  const summary = await node.settleNow()
  expect([summary.settled, summary.owedWei]).toEqual([0, 64n])
  expect(events).toContainEqual(expect.objectContaining({ event: 'claim-refused', reason: 'noFunds', owedWei: 64n }))
  const refused = await infer(url, buyer.header(aVoucher(payer, offerId, { lane: 2n })), whiteImage(8))
  expect(refused.status).toBe(402)
})

test('what was settled without the node seeing it is found, while it runs and when it starts', async () => {
  const offerId = await shop.market.offer()
  const { buyer, payer } = await shop.openAccount()
  const parameters = shop.parametersOf(offerId)
  const { deployment, settlementKey, provider, chain } = shop.market
  const settler = createChainClient({ ...chain, account: privateKeyToAccount(settlementKey) })
  const node = await createNode(parameters)
  const call = async (maxCumulative: bigint) => {
    const voucher = aVoucher(payer, offerId, { maxCumulative })
    const headers = { 'stoa-voucher': buyer.header(voucher) }
    expect((await node.app.request('/v1/infer', { method: 'POST', body: whiteImage(8), headers })).status).toBe(200)
    return { voucher, signature: buyer.sign(voucher).signature }
  }
  const first = await call(1_000n)
  await settle(settler, {
    deployment,
    provider: provider.account.address,
    claims: [{ ...first, cumulative: 64n, calls: 1 }],
  })
  expect(node.status().owedWei).toBe(64n)
  expect(await node.settleNow()).toMatchObject({ settled: 0, refused: 0, owedWei: 0n })

  const second = await call(2_000n)
  await settle(settler, {
    deployment,
    provider: provider.account.address,
    claims: [{ ...second, cumulative: 128n, calls: 1 }],
  })
  await node.close()
  const again = await createNode(parameters)
  expect(again.status()).toMatchObject({ owedWei: 0n, unsettledLanes: 0 })
  await again.close()
})
