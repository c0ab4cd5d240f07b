import { randomBytes } from 'node:crypto'
import { zeroAddress } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  addressOf,
  FUNDS,
  type Market,
  openMarket,
  openShop,
  randomHex,
  signVoucher,
} from '../../testing/openMarket.ts'
import { deposit } from '../escrow/deposit.ts'
import { settle } from '../escrow/settle.ts'
import { getBalances } from '../getBalances.ts'
import { collectRevenue } from './collectRevenue.ts'
import { getRevenue } from './getRevenue.ts'
import { getRevenueBalance } from './getRevenueBalance.ts'
import { withdrawRevenue } from './withdrawRevenue.ts'

let market: Market
beforeAll(async () => {
  market = await openMarket()
})
afterAll(() => market.close())

test('revenue is split to the wei and paid to payee and owner, whoever sends it', async () => {
  const { deployment, faucet } = market
  const payee = addressOf(randomBytes(32))
  const shop = await openShop(market, { payee })
  const { offerId } = shop
  const payer = await market.join()
  const session = randomBytes(32)
  await deposit(payer, { deployment, key: addressOf(session), amount: 10_000n })
  const validUntil = (await market.time()) + 3_600
  const voucher = { payer: payer.account.address, offerId, lane: 0n, maxCumulative: 1_003n, validUntil }
  const signature = signVoucher(deployment, voucher, session)
  await settle(shop.provider, { deployment, claims: [{ voucher, signature, cumulative: 1_003n, calls: 1 }] })

  expect(await getRevenue(faucet, { deployment, offerId })).toEqual({ sink: deployment.revenueSink, amount: 1_003n })
  const collected = await collectRevenue(faucet, { deployment, offerId })
  const owner = shop.owner.account.address
  expect(collected.amount).toBe(1_003n)
  expect(collected.credited.map(({ account, amount }) => [account.toLowerCase(), amount])).toEqual([
    [owner.toLowerCase(), 250n],
    [payee, 753n],
  ])
  expect(await collectRevenue(faucet, { deployment, offerId })).toMatchObject({ amount: 0n, credited: [] })
  expect(await getRevenueBalance(faucet, { deployment, account: payee })).toBe(753n)

  expect(await withdrawRevenue(faucet, { deployment, account: payee })).toMatchObject({ amount: 753n })
  expect(await withdrawRevenue(shop.owner, { deployment })).toMatchObject({ amount: 250n })
  expect(await withdrawRevenue(shop.owner, { deployment })).toMatchObject({ amount: 0n })
  expect((await getBalances(faucet, { deployment, account: payee })).token).toBe(753n)
  expect((await getBalances(faucet, { deployment, account: owner })).token).toBe(FUNDS + 250n)
})

test('an offer that nobody opened earned nothing, and cannot be collected', async () => {
  const { deployment, faucet } = market
  const offerId = randomHex()
  expect(await getRevenue(faucet, { deployment, offerId })).toEqual({ sink: zeroAddress, amount: 0n })
  await expect(collectRevenue(faucet, { deployment, offerId })).rejects.toMatchObject({ code: 'UnknownOffer' })
})
