import { getProvider } from '@stoa/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DISPUTE_FUNDS, openDisputing, until } from '../testing/disputing.ts'
import { judgedPage } from '../testing/judgedGoods.ts'
import { openJudgedShop } from '../testing/judgedShop.ts'
import { openShop } from '../testing/shop.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

test('one bit within the recogniser changes a word: the page is read again, disputed, and its seller convicted', async () => {
  const { reader, deployment } = shop.market
  const goods = await judgedPage(false)
  const liar = await openJudgedShop(shop.market, { name: 'test/liar', goods })
  const buyer = await openDisputing(shop)
  const { record } = await buyer.gateway.infer({ model: 'test/liar', request: goods.request })
  const over = await buyer.ended(record.digest)
  expect(over).toMatchObject({ state: 'convicted', burned: '5000000' })
  expect(over.words).toMatch(/^Convicted: .* paid the payer .* burned\.$/)
  expect(await buyer.holds()).toBe(DISPUTE_FUNDS + BigInt(over.to_challenger ?? 0))
  expect(await getProvider(reader, { deployment, provider: liar.seller.address })).toMatchObject({ stake: 0n })
  // First the steps of the page, then the run of the recogniser that its second piece is.
  expect(buyer.steps()).toContain('enter')
  expect(buyer.steps().at(-1)).toBe('convicted')
  const response = await buyer.gateway.app.request(`/v1/receipts/${record.digest}`)
  expect(await response.json()).toMatchObject({ proof_kind: 'exact', rerun: 'different', dispute: over })
  await liar.close()
})

test('who reads a page rightly is left alone', async () => {
  const goods = await judgedPage(true)
  const honest = await openJudgedShop(shop.market, { name: 'test/honest', goods })
  const buyer = await openDisputing(shop)
  const { record } = await buyer.gateway.infer({ model: 'test/honest', request: goods.request })
  await until(() => buyer.gateway.status().reruns.same === 1)
  expect(buyer.gateway.dispute(record.digest)).toBeUndefined()
  await honest.close()
})
