import { openRpcProxy } from '@stoa/localnet/rpcProxy'
import type { Hex } from '@stoa/protocol'
import { stoaUsdAbi } from '@stoa/protocol/abi'
import { encodeFunctionData, type LocalAccount, parseSignature } from 'viem'
import { getBlockNumber } from 'viem/actions'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { ReadClient, WriteClient } from '../../clients.ts'
import { createChainClient } from '../../createChainClient.ts'
import { sendCall } from '../../sendCall.ts'
import { type Market, openMarket, openShop } from '../../testing/openMarket.ts'
import { getTokenDomain } from '../getTokenDomain.ts'
import { collectRevenue } from '../revenue/collectRevenue.ts'
import type { DirectPayment } from './directPayment.ts'
import { findPayment } from './findPayment.ts'
import { getOfferAccount } from './getOfferAccount.ts'
import { settlePayments } from './settlePayments.ts'
import { type SignPaymentParameters, signPayment } from './signPayment.ts'
import { sweepOffer } from './sweepOffer.ts'

let market: Market
let offerId: Hex
let account: Hex
let fromBlock: bigint
beforeAll(async () => {
  market = await openMarket()
  ;({ offerId } = await openShop(market))
  account = await getOfferAccount(market.faucet, { deployment: market.deployment, offerId })
  fromBlock = await getBlockNumber(market.faucet)
})
afterAll(() => market.close())

type Changes = Pick<SignPaymentParameters, 'validBefore' | 'to'> & { amount?: bigint }

async function sign({ amount = 7n, ...changes }: Changes = {}, by?: WriteClient) {
  const { deployment } = market
  return signPayment(by ?? (await market.join()), { deployment, offerId, amount, ...changes })
}

/** As anybody may hand it to the token, past the offer's contract. Resolves when it is mined. */
async function transfer(payment: DirectPayment, to = account): Promise<Hex> {
  const { payer, amount, validAfter, validBefore, nonce, signature } = payment
  const { r, s, yParity } = parseSignature(signature)
  const args = [payer, to, amount, validAfter, validBefore, nonce, yParity + 27, r, s] as const
  const data = encodeFunctionData({ abi: stoaUsdAbi, functionName: 'transferWithAuthorization', args })
  return (await sendCall(market.faucet, market.chain.chainId, { to: market.deployment.token, data })).transactionHash
}

/** The payer takes it back. */
async function cancel({ payer: authorizer, nonce }: DirectPayment, payer: WriteClient): Promise<void> {
  const { signTypedData } = payer.account as LocalAccount
  const signature = await signTypedData({
    domain: await getTokenDomain(payer, { deployment: market.deployment }),
    types: {
      CancelAuthorization: [
        { name: 'authorizer', type: 'address' },
        { name: 'nonce', type: 'bytes32' },
      ],
    },
    primaryType: 'CancelAuthorization',
    message: { authorizer, nonce },
  })
  const { r, s, yParity } = parseSignature(signature)
  const args = [authorizer, nonce, yParity + 27, r, s] as const
  const data = encodeFunctionData({ abi: stoaUsdAbi, functionName: 'cancelAuthorization', args })
  await sendCall(market.faucet, market.chain.chainId, { to: market.deployment.token, data })
}

const find = (payment: DirectPayment, { client, since }: { client?: ReadClient; since?: bigint } = {}) =>
  findPayment(client ?? market.faucet, { deployment: market.deployment, payment, account, fromBlock, since })

test('pays an offer, and says what came of each payment', async () => {
  const { deployment, faucet } = market
  const [good, poor] = [await sign(), await sign({ amount: 10n ** 20n })]
  expect(await find(good)).toEqual({ state: 'unused' })
  const result = await settlePayments(faucet, { deployment, payments: [good, poor] })
  const { payer, nonce } = good
  expect(result.settled).toEqual([{ offerId, payer, nonce, amount: 7n }])
  expect(result.refused).toEqual([{ offerId, payer: poor.payer, nonce: poor.nonce }])
  expect(result.swept).toEqual([{ offerId, amount: 7n }])
  expect(await find(good)).toEqual({ state: 'paid', hash: result.hash })
  expect(await find(poor)).toEqual({ state: 'unused' })
  expect(await collectRevenue(faucet, { deployment, offerId })).toMatchObject({ amount: 7n })
})

test('what somebody else submitted counts as paid, and is swept', async () => {
  const { deployment, faucet } = market
  const payment = await sign()
  const hash = await transfer(payment)
  expect(await find(payment)).toEqual({ state: 'paid', hash })
  expect(await sweepOffer(faucet, { deployment, offerId })).toMatchObject({ swept: [{ offerId, amount: 7n }] })
})

test('a nonce that was used for another transfer is not paid', async () => {
  const elsewhere = market.faucet.account.address
  const payment = await sign({ to: elsewhere })
  await transfer(payment, elsewhere)
  expect(await find(payment)).toEqual({ state: 'lost' })
})

test('one that its payer cancelled is not paid', async () => {
  const payer = await market.join()
  const payment = await sign({}, payer)
  await cancel(payment, payer)
  expect(await find(payment)).toEqual({ state: 'lost' })
})

test('a node that has no events yet is asked again: what is paid is never taken for lost', async () => {
  const payment = await sign()
  const hash = await transfer(payment)
  const proxy = await openRpcProxy(market.chain.rpcUrl)
  onTestFinished(() => proxy.close())
  const client = createChainClient({ rpcUrl: proxy.url, chainId: market.chain.chainId })
  let missing = Number.POSITIVE_INFINITY
  proxy.decide((method) => (method === 'eth_getLogs' && missing-- > 0 ? { result: [] } : 'pass'))
  await expect(find(payment, { client })).rejects.toMatchObject({ code: 'CHAIN_BEHIND', retry: true })
  missing = 3
  expect(await find(payment, { client })).toEqual({ state: 'paid', hash })
})

test('a node that does not have a block yet says nothing of what came in it', async () => {
  const payment = await sign()
  const before = await market.faucet.request({ method: 'eth_getBlockByNumber', params: ['latest', false] })
  const head = BigInt(before?.number ?? 0)
  expect(await find(payment, { since: head })).toEqual({ state: 'unused' })
  const hash = await transfer(payment)
  const proxy = await openRpcProxy(market.chain.rpcUrl)
  onTestFinished(() => proxy.close())
  const client = createChainClient({ rpcUrl: proxy.url, chainId: market.chain.chainId })
  let behind = 3
  proxy.decide((method) => (method === 'eth_getBlockByNumber' && behind-- > 0 ? { result: before } : 'pass'))
  expect(await find(payment, { client, since: head + 1n })).toEqual({ state: 'paid', hash })
  await expect(find(payment, { since: head + 100n })).rejects.toMatchObject({ code: 'CHAIN_BEHIND' })
})

test('one that was not used in time never will be', async () => {
  expect(await find(await sign({ validBefore: 1n }))).toEqual({ state: 'expired' })
})
