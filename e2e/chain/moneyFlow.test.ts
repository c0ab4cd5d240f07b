/** The whole way of the money on a real chain with the real contracts, counted to the wei. */
import { randomBytes } from 'node:crypto'
import { DEVELOPMENT_KEYS, deployStoa, fundAccount, type RunningChain, startChain } from '@stoa/localnet'
import type { Address, Hex, Offer, Receipt } from '@stoa/protocol'
import { bytesToHex, chargeFor, domainSeparator, receiptDigest, voucherDigest } from '@stoa/protocol'
import { erc20Abi } from '@stoa/protocol/abi'
import { loadSecp256k1, type Secp256k1 } from '@stoa/protocol/secp256k1'
import {
  collectRevenue,
  createChainClient,
  createOffer,
  type Deployment,
  depositWithAuthorization,
  getAccount,
  getBalances,
  getChannel,
  getModel,
  getOffer,
  getProvider,
  proveOvercharge,
  publishModel,
  registerProvider,
  requestWithdrawal,
  settle,
  signDepositAuthorization,
  stake,
  unbond,
  type WriteClient,
  withdraw,
  withdrawRevenue,
  withdrawStake,
} from '@stoa/sdk'
import { createTestClient, http, parseEther, zeroAddress, zeroHash } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlock, readContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'

const DAY = 86_400
const STAKE = 50_000_000n
const SLASH_CAP = 10_000_000n
const DEPOSIT = 2_000_000n
const OWNER_SHARE_PPM = 333_333n

let chain: RunningChain
let faucet: WriteClient
let deployment: Deployment
let secp256k1: Secp256k1
beforeAll(async () => {
  chain = await startChain()
  faucet = clientOf(DEVELOPMENT_KEYS[0])
  deployment = await deployStoa(faucet)
  secp256k1 = await loadSecp256k1()
})
afterAll(() => chain.stop())

function clientOf(key: Hex): WriteClient {
  return createChainClient({ ...chain, account: privateKeyToAccount(key), pollingInterval: 50 })
}

const randomHex = () => bytesToHex(randomBytes(32))

async function stranger(usd: bigint): Promise<WriteClient> {
  const client = clientOf(randomHex())
  await fundAccount(faucet, { deployment, to: client.account.address, wei: parseEther('1'), usd })
  return client
}

async function pass(seconds: number): Promise<void> {
  const cheats = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })
  await cheats.increaseTime({ seconds })
  await cheats.mine({ blocks: 1 })
}

async function tokens(account: Address): Promise<bigint> {
  return (await getBalances(faucet, { deployment, account })).token
}

/** A seller of another's model. */
async function openShop() {
  const [owner, provider] = [await stranger(0n), await stranger(STAKE)]
  const weights = randomHex()
  const { modelId } = await publishModel(owner, {
    deployment,
    card: randomHex(),
    weights,
    ownerSharePpm: Number(OWNER_SHARE_PPM),
  })
  const signer = randomBytes(32)
  const endpoint = { endpoint: 'https://seller.example', endpointKey: randomHex() }
  await registerProvider(provider, { deployment, ...endpoint, signer: secp256k1.addressOf(signer) })
  await stake(provider, { deployment, amount: STAKE })
  const payee = clientOf(randomHex()).account.address
  const { ownerSharePpm, activeVersion } = await getModel(owner, { deployment, modelId })
  const offer: Offer = {
    provider: provider.account.address,
    payee,
    modelId,
    modelVersion: activeVersion,
    unit: 'byte',
    price: 12_345_678n,
    ownerSharePpm,
    proofKind: 'attested',
    arbiter: zeroAddress,
    profile: zeroHash,
    escrow: deployment.escrow,
    sink: deployment.revenueSink,
    exposure: 100_000n,
    slashCap: SLASH_CAP,
    terms: zeroHash,
    salt: randomHex(),
  }
  const { offerId } = await createOffer(provider, { deployment, offer })
  return { owner, provider, signer, weights, payee, offerId }
}

/** A buyer that never sends a transaction to begin. */
async function onboardBuyer() {
  const payer = await stranger(DEPOSIT)
  const session = randomBytes(32)
  const key = secp256k1.addressOf(session)
  const authorization = await signDepositAuthorization(payer, { deployment, key, amount: DEPOSIT })
  await depositWithAuthorization(faucet, { deployment, authorization })
  return { payer, session }
}

type Shop = Awaited<ReturnType<typeof openShop>>
type Buyer = Awaited<ReturnType<typeof onboardBuyer>>
type LaneState = { lane: bigint; charged: bigint }

/** One call: the buyer's voucher for at most `ceiling`, and the seller's receipt for what `units` cost. */
async function call(shop: Shop, { payer, session }: Buyer, state: LaneState, units: bigint, ceiling: bigint) {
  const { chainId, escrow, providerRegistry } = deployment
  const { price } = await getOffer(payer, { deployment, offerId: shop.offerId })
  const charge = chargeFor(units, price)
  expect(charge).toBeLessThanOrEqual(ceiling)
  const now = Number((await getBlock(faucet)).timestamp)
  const voucher = {
    payer: payer.account.address,
    offerId: shop.offerId,
    lane: state.lane,
    maxCumulative: state.charged + ceiling,
    validUntil: now + 3_600,
  }
  const voucherSignature = secp256k1.sign(
    voucherDigest(domainSeparator({ chainId, verifyingContract: escrow }), voucher),
    session,
  )
  state.charged += charge
  const receipt: Receipt = {
    version: 1,
    offerId: shop.offerId,
    payer: payer.account.address,
    lane: state.lane,
    voucherCumulative: voucher.maxCumulative,
    weightsDigest: shop.weights,
    requestDigest: randomHex(),
    responseDigest: randomHex(),
    units,
    charge,
    chargedCumulative: state.charged,
    requestedAt: now,
    answeredAt: now,
  }
  const separator = domainSeparator({ chainId, verifyingContract: providerRegistry })
  const receiptSignature = secp256k1.sign(receiptDigest(separator, receipt), shop.signer)
  return { voucher, voucherSignature, receipt, receiptSignature }
}

/** Everything that holds the token, and what was ever made of it. */
async function whereTheMoneyIs(accounts: readonly Address[]) {
  const { token, escrow, providerRegistry, revenueSink } = deployment
  const holders = [...new Set([...accounts, escrow, providerRegistry, revenueSink])]
  const held = await Promise.all(holders.map(tokens))
  const supply = await readContract(faucet, { address: token, abi: erc20Abi, functionName: 'totalSupply' })
  return { held: held.reduce((a, b) => a + b, 0n), supply }
}

test('publish, stake, offer, deposit, buy, settle, collect, withdraw: to the wei', async () => {
  const [shop, buyers] = [await openShop(), [await onboardBuyer(), await onboardBuyer()]]
  expect(await Promise.all(buyers.map(({ payer }) => tokens(payer.account.address)))).toEqual([0n, 0n])

  // Two buyers, two lanes each, three calls a lane; only the last voucher of a lane is settled.
  const spent: bigint[] = []
  const claims = []
  for (const buyer of buyers) {
    const lanes: LaneState[] = [0n, 1n].map((lane) => ({ lane, charged: 0n }))
    for (const state of lanes) {
      let last: Awaited<ReturnType<typeof call>> | undefined
      for (const units of [1n, 137n, 4_096n]) last = await call(shop, buyer, state, units, 100_000n)
      if (!last) throw new Error('no call was made')
      const { voucher, voucherSignature: signature, receipt } = last
      claims.push({ voucher, signature, cumulative: receipt.chargedCumulative, calls: 3 })
    }
    spent.push(lanes.reduce((sum, { charged }) => sum + charged, 0n))
  }
  // ceil(12.345678 × 1) + ceil(12.345678 × 137) + ceil(12.345678 × 4096) = 13 + 1692 + 50568, on each of two lanes.
  expect(spent).toEqual([104_546n, 104_546n])
  const { settled, refused } = await settle(shop.provider, { deployment, claims })
  expect(refused).toEqual([])
  expect(settled.map(({ paid }) => paid)).toEqual([52_273n, 52_273n, 52_273n, 52_273n])

  const revenue = 209_092n
  const ownerCut = (revenue * OWNER_SHARE_PPM) / 1_000_000n
  const { offerId } = shop
  expect((await collectRevenue(faucet, { deployment, offerId })).amount).toBe(revenue)
  await withdrawRevenue(faucet, { deployment, account: shop.payee })
  await withdrawRevenue(shop.owner, { deployment })
  expect(await tokens(shop.payee)).toBe(revenue - ownerCut)
  expect(await tokens(shop.owner.account.address)).toBe(ownerCut)

  for (const { payer } of buyers) {
    const { balance } = await getAccount(payer, { deployment, payer: payer.account.address })
    expect(balance).toBe(DEPOSIT - 104_546n)
    await requestWithdrawal(payer, { deployment, amount: balance })
  }
  await unbond(shop.provider, { deployment, amount: STAKE })
  await pass(14 * DAY)
  for (const { payer } of buyers) await withdraw(payer, { deployment })
  await withdrawStake(shop.provider, { deployment })
  const end = await Promise.all(
    [...buyers.map(({ payer }) => payer), shop.provider].map((c) => tokens(c.account.address)),
  )
  expect(end).toEqual([DEPOSIT - 104_546n, DEPOSIT - 104_546n, STAKE])
  expect(
    await Promise.all([deployment.escrow, deployment.revenueSink, deployment.providerRegistry].map(tokens)),
  ).toEqual([0n, 0n, 0n])
  const accounts = [...buyers.map(({ payer }) => payer), shop.provider, shop.owner].map((c) => c.account.address)
  const { held, supply } = await whereTheMoneyIs([...accounts, shop.payee])
  expect(held).toBe(supply)
})

test('a seller that settles more than its last receipt is convicted by that receipt; an honest one never', async () => {
  const [shop, buyer] = [await openShop(), await onboardBuyer()]
  const payer = buyer.payer.account.address
  const state = { lane: 7n, charged: 0n }
  const first = await call(shop, buyer, state, 100n, 20_000n)
  const second = await call(shop, buyer, state, 100n, 20_000n)
  const prove = ({ receipt, receiptSignature }: typeof first) =>
    proveOvercharge(buyer.payer, { deployment, receipt, signature: receiptSignature })
  const claim = (cumulative: bigint) => {
    return { voucher: second.voucher, signature: second.voucherSignature, cumulative, calls: 2 }
  }

  // Honest: what the last receipt says, with its voucher. Neither that receipt nor an earlier one convicts.
  await settle(shop.provider, { deployment, claims: [claim(second.receipt.chargedCumulative)] })
  await expect(prove(second)).rejects.toMatchObject({ code: 'NotOvercharged' })
  await expect(prove(first)).rejects.toMatchObject({ code: 'LaterVoucherUsed' })

  // Greedy: all that the voucher allows.
  await settle(shop.provider, { deployment, claims: [claim(second.voucher.maxCumulative)] })
  const excess = second.voucher.maxCumulative - second.receipt.chargedCumulative
  await expect(prove(first)).rejects.toMatchObject({ code: 'LaterVoucherUsed' })
  const verdict = await prove(second)
  expect(verdict.excess).toBe(excess)
  expect(verdict.paid + verdict.burned).toBeLessThanOrEqual(SLASH_CAP)
  expect(verdict.burned).toBeGreaterThanOrEqual(verdict.paid)
  expect(await tokens(payer)).toBe(verdict.paid)
  expect(verdict.paid).toBeGreaterThanOrEqual(excess)
  const provider = await getProvider(faucet, { deployment, provider: shop.provider.account.address })
  expect(provider?.stake).toBe(STAKE - verdict.paid - verdict.burned)

  // What the seller took stays within what the buyer signed.
  const channel = await getChannel(faucet, { deployment, payer, offerId: shop.offerId, lane: 7n })
  expect(channel).toMatchObject({ settled: second.voucher.maxCumulative, ceiling: second.voucher.maxCumulative })
})
