import { getProvider, listGames } from '@stoa/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DISPUTE_FUNDS, openDisputing, until } from '../testing/disputing.ts'
import { request } from '../testing/judgedGoods.ts'
import { openJudgedShop } from '../testing/judgedShop.ts'
import { openShop } from '../testing/shop.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

test('a lie of one bit is computed again, disputed and convicted, and the stake pays', async () => {
  const { reader, deployment } = shop.market
  const liar = await openJudgedShop(shop.market, { name: 'test/liar' })
  const buyer = await openDisputing(shop)
  const { record } = await buyer.gateway.infer({ model: 'test/liar', request })
  const over = await buyer.ended(record.digest)
  expect(over).toMatchObject({ state: 'convicted', burned: '5000000' })
  const [toPayer, toChallenger] = [BigInt(over.to_payer ?? 0), BigInt(over.to_challenger ?? 0)]
  expect(toPayer + toChallenger).toBe(5_000_000n)
  expect(toPayer).toBe(record.receipt.charge + (5_000_000n - record.receipt.charge) / 2n)
  expect(await buyer.holds()).toBe(DISPUTE_FUNDS + toChallenger)
  expect(await getProvider(reader, { deployment, provider: liar.seller.address })).toMatchObject({ stake: 0n })
  expect(over.words).toMatch(/^Convicted: .* paid the payer .* burned\.$/)
  const response = await buyer.gateway.app.request(`/v1/receipts/${record.digest}`)
  expect(await response.json()).toMatchObject({ rerun: 'different', dispute: over })
  const list = await buyer.gateway.app.request('/v1/disputes')
  expect(await list.json()).toMatchObject({ data: [{ receipt: record.digest, state: 'convicted' }] })
  expect(buyer.steps()[0]).toBe('challenge')
  expect(buyer.gateway.status().disputes).toMatchObject({ open: 0, convicted: 1, lost: 0, account: buyer.account })
  await liar.close()
})

test('an honest seller is left alone', async () => {
  const { reader, deployment } = shop.market
  const honest = await openJudgedShop(shop.market, { name: 'test/honest', honest: true })
  const buyer = await openDisputing(shop)
  const { record } = await buyer.gateway.infer({ model: 'test/honest', request })
  await until(() => buyer.gateway.status().reruns.same === 1)
  expect(buyer.gateway.dispute(record.digest)).toBeUndefined()
  expect(await listGames(reader, { deployment, provider: honest.seller.address })).toEqual([])
  await honest.close()
})

test('who signs for other weights is convicted without a game', async () => {
  const swapped = await openJudgedShop(shop.market, { name: 'test/swapped', otherWeights: true })
  const buyer = await openDisputing(shop)
  await expect(buyer.gateway.infer({ model: 'test/swapped', request })).rejects.toThrow()
  await until(() => buyer.gateway.status().disputes?.convicted === 1)
  expect(buyer.steps()).toEqual(['proveWeights', 'convicted'])
  expect(await buyer.holds()).toBeGreaterThan(DISPUTE_FUNDS)
  await swapped.close()
})

test('what is not worth it, or can no longer be, is left; what wants money waits for it', async () => {
  const { market } = shop
  const liar = await openJudgedShop(market, { name: 'test/cheap' })
  const dear = await openDisputing(shop, { leastReward: 5_000_001n })
  const { record } = await dear.gateway.infer({ model: 'test/cheap', request })
  const over = await dear.ended(record.digest)
  expect(over).toMatchObject({ state: 'forgone', words: expect.stringContaining('less than the 5000001') })
  expect(await dear.holds()).toBe(DISPUTE_FUNDS)

  const poor = await openDisputing(shop, { funds: 1n })
  const bought = await poor.gateway.infer({ model: 'test/cheap', request })
  await until(() => (poor.gateway.status().disputes?.problems.length ?? 0) > 0)
  expect(poor.gateway.dispute(bought.record.digest)).toMatchObject({
    ...{ state: 'waiting', game: null },
    words: expect.stringContaining(`The dispute account ${poor.account} holds 1 wei`),
  })
  await market.fund(poor.account, DISPUTE_FUNDS)
  expect(await poor.ended(bought.record.digest)).toMatchObject({ state: 'convicted' })

  // The stake is gone: the next dispute has nothing to win.
  const late = await openDisputing(shop)
  await expect(late.gateway.infer({ model: 'test/cheap', request })).rejects.toThrow()
  await liar.close()
})
