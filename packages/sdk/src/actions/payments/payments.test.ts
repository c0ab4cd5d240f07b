import type { Hex } from '@stoa/protocol'
import { stoaUsdAbi } from '@stoa/protocol/abi'
import { type LocalAccount, parseSignature } from 'viem'
import { getBlockNumber, writeContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Market, openMarket, openShop, randomHex } from '../../testing/openMarket.ts'
import { getTokenDomain } from '../getTokenDomain.ts'
import { collectRevenue } from '../revenue/collectRevenue.ts'
import type { DirectPayment } from './directPayment.ts'
import { findPayment } from './findPayment.ts'
import { getOfferAccount } from './getOfferAccount.ts'
import { settlePayments } from './settlePayments.ts'
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

const SOON = () => BigInt(Math.floor(Date.now() / 1000) + 3_600)

async function sign(changes: Partial<DirectPayment> = {}, to = account) {
  const payer = await market.join()
  const { address, signTypedData } = payer.account as LocalAccount
  const terms = { amount: 7n, validAfter: 0n, validBefore: SOON(), nonce: randomHex(), ...changes }
  const signature = await signTypedData({
    domain: await getTokenDomain(payer, { deployment: market.deployment }),
    types: {
      TransferWithAuthorization: [
        { name: 'from', type: 'address' },
        { name: 'to', type: 'address' },
        { name: 'value', type: 'uint256' },
        { name: 'validAfter', type: 'uint256' },
        { name: 'validBefore', type: 'uint256' },
        { name: 'nonce', type: 'bytes32' },
      ],
    },
    primaryType: 'TransferWithAuthorization',
    message: { from: address, to, value: terms.amount, ...terms },
  })
  return { offerId, payer: address, signature, ...terms }
}

/** As anybody may hand it to the token, past the offer's contract. */
function transfer(payment: DirectPayment, to = account): Promise<Hex> {
  const { payer, amount, validAfter, validBefore, nonce, signature } = payment
  const { r, s, yParity } = parseSignature(signature)
  const args = [payer, to, amount, validAfter, validBefore, nonce, yParity + 27, r, s] as const
  const call = { address: market.deployment.token, abi: stoaUsdAbi, functionName: 'transferWithAuthorization' } as const
  return writeContract(market.faucet, { ...call, args, account: market.faucet.account, chain: null })
}

const find = (payment: DirectPayment) =>
  findPayment(market.faucet, { deployment: market.deployment, payment, account, fromBlock })

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
  const payment = await sign({}, elsewhere)
  await transfer(payment, elsewhere)
  expect(await find(payment)).toEqual({ state: 'lost' })
})

test('one that was not used in time never will be', async () => {
  expect(await find(await sign({ validBefore: 1n }))).toEqual({ state: 'expired' })
})
