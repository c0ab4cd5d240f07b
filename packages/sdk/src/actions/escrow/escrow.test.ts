import { randomBytes } from 'node:crypto'
import { zeroAddress } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WriteClient } from '../../clients.ts'
import {
  addressOf,
  FUNDS,
  type Market,
  openMarket,
  openShop,
  randomHex,
  receiptOf,
  STAKE,
  signReceipt,
  signVoucher,
} from '../../testing/openMarket.ts'
import { getBalances } from '../getBalances.ts'
import { getProvider } from '../market/getProvider.ts'
import { addKey } from './addKey.ts'
import { deposit } from './deposit.ts'
import { depositWithAuthorization } from './depositWithAuthorization.ts'
import { getAccount } from './getAccount.ts'
import { getChannel } from './getChannel.ts'
import { getEscrowTerms } from './getEscrowTerms.ts'
import { getKeyValidUntil } from './getKeyValidUntil.ts'
import { getNextSettler } from './getNextSettler.ts'
import { getSettler } from './getSettler.ts'
import { lock } from './lock.ts'
import { proveOvercharge } from './proveOvercharge.ts'
import { removeKey } from './removeKey.ts'
import { requestWithdrawal } from './requestWithdrawal.ts'
import { setSettler } from './setSettler.ts'
import { settle } from './settle.ts'
import { settleFor } from './settleFor.ts'
import type { SettlementClaim } from './settlement.ts'
import { signDepositAuthorization } from './signDepositAuthorization.ts'
import { signSettlement } from './signSettlement.ts'
import { unlock } from './unlock.ts'
import { withdraw } from './withdraw.ts'

const DAY = 86_400
const REGISTERED = 2 ** 40 - 1

let market: Market
beforeAll(async () => {
  market = await openMarket()
})
afterAll(() => market.close())

/** A payer with a deposit and a session key. */
async function openAccount(amount = 1_000_000n): Promise<{ payer: WriteClient; session: Uint8Array }> {
  const payer = await market.join()
  const session = Uint8Array.from(randomBytes(32))
  await deposit(payer, { deployment: market.deployment, key: addressOf(session), amount })
  return { payer, session }
}

type Lane = { payer: WriteClient; session: Uint8Array; offerId: `0x${string}`; lane?: bigint }

/** A claim for all that its voucher allows; what a test names differs. */
async function claimOf(
  { payer, session, offerId, lane = 0n }: Lane,
  maxCumulative: bigint,
  other: Partial<SettlementClaim> = {},
) {
  const validUntil = (await market.time()) + 3_600
  const voucher = { payer: payer.account.address, offerId, lane, maxCumulative, validUntil, ...other.voucher }
  const signature = signVoucher(market.deployment, voucher, session)
  return { signature, cumulative: maxCumulative, calls: 1, ...other, voucher }
}

test('the terms are those that were deployed', async () => {
  const { deployment, faucet } = market
  expect(await getEscrowTerms(faucet, { deployment })).toMatchObject({
    withdrawalDelay: 2 * DAY,
    maxVoucherValidity: DAY,
  })
})

test('a deposit approves what is missing, once, and registers a key', async () => {
  const { deployment } = market
  const payer = await market.join()
  const key = addressOf(randomBytes(32))
  const first = await deposit(payer, { deployment, key, amount: 700n })
  expect(first.approval?.hash).toMatch(/^0x[0-9a-f]{64}$/)
  const { address } = payer.account
  const account = await getAccount(payer, { deployment, payer: address })
  expect({ ...account, key: account.key.toLowerCase() }).toEqual({
    key,
    balance: 700n,
    withdrawalAmount: 0n,
    withdrawableAt: 0,
  })
  expect((await getBalances(payer, { deployment, account: address })).token).toBe(FUNDS - 700n)
  await deposit(market.faucet, { deployment, payer: address, amount: 1n }).then(
    () => expect.unreachable(),
    (error) =>
      expect(error).toMatchObject({ code: 'ERC20InsufficientBalance', hint: expect.stringContaining('Get more') }),
  )
  expect(await getKeyValidUntil(payer, { deployment, payer: address, key })).toBe(REGISTERED)
})

test('a deposit by authorization costs the payer no transaction, and its carrier can change nothing', async () => {
  const { deployment, faucet } = market
  const payer = await market.join()
  const { native } = await getBalances(payer, { deployment, account: payer.account.address })
  const key = addressOf(randomBytes(32))
  const authorization = await signDepositAuthorization(faucet, {
    deployment,
    account: payer.account,
    key,
    amount: 900n,
  })
  const changed = { ...authorization, key: faucet.account.address }
  await expect(depositWithAuthorization(faucet, { deployment, authorization: changed })).rejects.toMatchObject({
    code: 'ERC3009InvalidSignature',
  })
  await depositWithAuthorization(faucet, { deployment, authorization })
  const account = await getAccount(payer, { deployment, payer: payer.account.address })
  expect({ ...account, key: account.key.toLowerCase() }).toMatchObject({ key, balance: 900n })
  expect((await getBalances(payer, { deployment, account: payer.account.address })).native).toBe(native)
  await expect(depositWithAuthorization(faucet, { deployment, authorization })).rejects.toMatchObject({
    code: 'ERC3009UsedAuthorization',
  })
  const own = await signDepositAuthorization(payer, { deployment, amount: 1n })
  expect(own).toMatchObject({ payer: payer.account.address, key: zeroAddress })
})

test('keys come and go, and a removed one is honoured for the withdrawal delay', async () => {
  const { deployment } = market
  const { payer } = await openAccount()
  const key = addressOf(randomBytes(32))
  const query = { deployment, payer: payer.account.address, key }
  expect(await getKeyValidUntil(payer, query)).toBe(0)
  await addKey(payer, { deployment, key })
  expect(await getKeyValidUntil(payer, query)).toBe(REGISTERED)
  const { validUntil } = await removeKey(payer, { deployment, key })
  expect(validUntil).toBe((await market.time()) + 2 * DAY)
  expect(await getKeyValidUntil(payer, query)).toBe(validUntil)
  await expect(addKey(payer, { deployment, key })).rejects.toMatchObject({ code: 'KeyKnown' })
})

test('a batch over payers, offers and lanes pays what it can and says what it refused', async () => {
  const { deployment } = market
  const shop = await openShop(market)
  const [rich, poor] = [await openAccount(), await openAccount(30n)]
  const { offerId } = shop
  const expired = await claimOf({ ...rich, offerId, lane: 2n }, 5n)
  expired.voucher.validUntil = 1
  const claims = [
    await claimOf({ ...rich, offerId }, 1_000n, { cumulative: 600n, calls: 3 }),
    await claimOf({ ...poor, offerId }, 50n),
    await claimOf({ ...rich, offerId, lane: 1n }, 10n, { cumulative: 11n }),
    expired,
    await claimOf({ ...rich, session: randomBytes(32), offerId, lane: 3n }, 5n),
    await claimOf({ ...poor, offerId, lane: 1n }, 5n),
    await claimOf({ ...rich, offerId: randomHex() }, 5n),
  ]
  const { settled, refused } = await settle(shop.provider, { deployment, claims })
  const [payer, broke] = [rich.payer.account.address, poor.payer.account.address]
  expect(settled).toEqual([
    { payer, offerId, lane: 0n, paid: 600n, settled: 600n },
    { payer: broke, offerId, lane: 0n, paid: 30n, settled: 30n },
  ])
  expect(refused.map(({ lane, reason }) => [lane, reason])).toEqual([
    [1n, 'overVoucher'],
    [2n, 'expired'],
    [3n, 'wrongSigner'],
    [1n, 'noFunds'],
    [0n, 'unknownOffer'],
  ])
  expect(await getChannel(shop.provider, { deployment, payer, offerId, lane: 0n })).toEqual({
    settled: 600n,
    ceiling: 1_000n,
    locked: 0n,
    lockedUntil: 0,
  })
  expect(await settle(shop.provider, { deployment, claims: claims.slice(0, 1) })).toMatchObject({
    settled: [],
    refused: [],
  })
})

test('only who may settles: the provider, its settler, or anyone with a batch that one of them signed', async () => {
  const { deployment } = market
  const settler = await market.join()
  const shop = await openShop(market)
  const account = await openAccount()
  const { offerId } = shop
  const provider = shop.provider.account.address
  const claims = [await claimOf({ ...account, offerId }, 100n)]
  await expect(settle(settler, { deployment, provider, claims })).rejects.toMatchObject({ code: 'NotSettler' })
  await setSettler(shop.provider, { deployment, settler: settler.account.address, offerIds: [offerId] })
  expect(await getSettler(settler, { deployment, offerId })).toBe(settler.account.address)
  expect(await getNextSettler(settler, { deployment, provider })).toBe(settler.account.address)
  expect((await settle(settler, { deployment, provider, claims })).settled).toHaveLength(1)

  const more = [await claimOf({ ...account, offerId }, 300n)]
  const signature = await signSettlement(settler, { deployment, provider, claims: more })
  const batch = { deployment, provider, settler: settler.account.address, signature }
  const changed = [{ ...more[0], cumulative: 299n }] as typeof more
  await expect(settleFor(account.payer, { ...batch, claims: changed })).rejects.toMatchObject({
    code: 'WrongSettlementSignature',
  })
  const { settled } = await settleFor(account.payer, { ...batch, claims: more })
  expect(settled).toMatchObject([{ paid: 200n, settled: 300n }])
})

test('a lock outranks a withdrawal, is claimed first, and comes back when it ends', async () => {
  const { deployment } = market
  const shop = await openShop(market)
  const account = await openAccount(1_000n)
  const { payer } = account
  const lane = { payer: payer.account.address, offerId: shop.offerId, lane: 9n }
  const until = (await market.time()) + 3_600
  await lock(payer, { deployment, ...lane, amount: 400n, until })
  expect(await getChannel(payer, { deployment, ...lane })).toMatchObject({ locked: 400n, lockedUntil: until })
  await expect(requestWithdrawal(payer, { deployment, amount: 601n })).rejects.toMatchObject({
    code: 'InsufficientBalance',
  })
  await settle(shop.provider, {
    deployment,
    claims: [await claimOf({ ...account, offerId: shop.offerId, lane: 9n }, 150n)],
  })
  expect(await getAccount(payer, { deployment, payer: lane.payer })).toMatchObject({ balance: 600n })
  await expect(unlock(payer, { deployment, ...lane })).rejects.toMatchObject({ code: 'LockStillHeld' })
  await market.pass(3_600)
  expect(await unlock(market.faucet, { deployment, ...lane })).toMatchObject({ amount: 250n })
  expect(await getAccount(payer, { deployment, payer: lane.payer })).toMatchObject({ balance: 850n })
})

test('a withdrawal is announced, cancelled, announced again and leaves after its delay', async () => {
  const { deployment } = market
  const { payer } = await openAccount(1_000n)
  const { address } = payer.account
  await requestWithdrawal(payer, { deployment, amount: 1_000n })
  expect(await requestWithdrawal(payer, { deployment, amount: 0n })).toMatchObject({ withdrawableAt: 0 })
  await expect(withdraw(payer, { deployment })).rejects.toMatchObject({ code: 'NoWithdrawal' })
  const { withdrawableAt } = await requestWithdrawal(payer, { deployment, amount: 300n })
  expect(await getAccount(payer, { deployment, payer: address })).toMatchObject({
    withdrawalAmount: 300n,
    withdrawableAt,
  })
  await expect(withdraw(payer, { deployment })).rejects.toMatchObject({ code: 'WithdrawalTooEarly' })
  await market.pass(2 * DAY)
  expect(await withdraw(payer, { deployment })).toMatchObject({ amount: 300n })
  expect((await getBalances(payer, { deployment, account: address })).token).toBe(FUNDS - 700n)
})

test('charging more than the receipt says costs the seller stake; charging what it says does not', async () => {
  const { deployment } = market
  const shop = await openShop(market)
  const account = await openAccount()
  const payer = account.payer.account.address
  const receipt = receiptOf({ offerId: shop.offerId, payer, charge: 100n, voucherCumulative: 500n })
  const signature = signReceipt(deployment, receipt, shop.signer)
  const claims = [await claimOf({ ...account, offerId: shop.offerId }, 500n, { cumulative: 100n })]
  await settle(shop.provider, { deployment, claims })
  await expect(proveOvercharge(account.payer, { deployment, receipt, signature })).rejects.toMatchObject({
    code: 'NotOvercharged',
    args: { settled: 100n, charged: 100n },
  })
  await settle(shop.provider, { deployment, claims: [await claimOf({ ...account, offerId: shop.offerId }, 500n)] })
  const before = await getBalances(account.payer, { deployment, account: payer })
  const proof = await proveOvercharge(market.faucet, { deployment, receipt, signature })
  expect(proof.excess).toBe(400n)
  expect(proof.burned).toBeGreaterThan(0n)
  const after = await getBalances(account.payer, { deployment, account: payer })
  expect(after.token - before.token).toBe(proof.paid)
  const { stake = 0n } =
    (await getProvider(shop.provider, { deployment, provider: shop.provider.account.address })) ?? {}
  expect(stake).toBe(STAKE - proof.paid - proof.burned)
})
