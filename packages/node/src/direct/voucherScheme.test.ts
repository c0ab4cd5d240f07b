import { bytesToHex, type Hex, type SignedReceipt } from '@stoa/protocol'
import { deposit, getChannel } from '@stoa/sdk'
import { stoaVoucherScheme } from '@stoa/sdk/x402'
import { decodePaymentResponseHeader } from '@x402/core/http'
import { wrapFetchWithPayment, x402Client } from '@x402/fetch'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlockNumber } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNode } from '../createNode.ts'
import { refusal } from '../testing/shop.ts'
import { calling, inferUrl, openX402Shop, PRICE, type X402Shop } from '../testing/x402Shop.ts'

let shop: X402Shop
let url: string
let offerId: Hex
let node: Awaited<ReturnType<typeof createNode>>
beforeAll(async () => {
  shop = await openX402Shop()
  offerId = await shop.offer()
  node = await createNode(shop.parametersOf(offerId))
  ;({ url } = await node.listen({ host: '127.0.0.1', port: 0 }))
})
afterAll(async () => {
  await node?.close()
  await shop?.close()
})

/** A stock client with our scheme, on an account with `usd` wei deposited. */
async function voucherBuyer(usd = 10n ** 6n, maxPerCall?: bigint) {
  const { deployment } = shop.market
  const session = privateKeyToAccount(bytesToHex(crypto.getRandomValues(new Uint8Array(32))))
  const payer = await shop.market.account(usd)
  await deposit(payer, { deployment, key: session.address, amount: usd })
  const receipts: SignedReceipt[] = []
  const { address } = payer.account
  const limits = maxPerCall === undefined ? {} : { maxPerCall }
  const scheme = stoaVoucherScheme({
    ...{ payer: address, signer: session, escrow: deployment.escrow, ...limits },
    onReceipt: (receipt) => receipts.push(receipt),
  })
  const client = new x402Client()
    .register('eip155:31337', scheme)
    .setSpendControls({ allowedAssets: [{ network: 'eip155:31337', asset: deployment.token }] })
  return { payer, receipts, client, fetch: wrapFetchWithPayment(fetch, client) }
}

test('a stock client with the scheme buys many calls without a transaction, on few lanes', async () => {
  const { payer, receipts, fetch } = await voucherBuyer()
  const before = await getBlockNumber(payer, { cacheTime: 0 })
  const buy = (n: number) => fetch(inferUrl(url), calling(shop.bodyOf(`${n}`)))
  for (let n = 0; n < 3; n++) {
    const response = await buy(n)
    expect(decodePaymentResponseHeader(response.headers.get('payment-response') ?? '')).toMatchObject({
      ...{ success: true, transaction: '', amount: `${PRICE}` },
      extra: { chargedCumulativeAmount: `${PRICE * BigInt(n + 1)}` },
    })
    expect(await response.json()).toMatchObject({ id: `${n}` })
  }
  const many = await Promise.all([10, 11, 12, 13].map(buy))
  expect(many.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(await getBlockNumber(payer, { cacheTime: 0 })).toBe(before)
  expect(receipts).toHaveLength(7)
  const lanes = new Set(receipts.map(({ lane }) => lane))
  expect(lanes.size).toBeLessThanOrEqual(4)
  expect(node.status().owedWei).toBe(7n * PRICE)
  await node.settleNow()
  const { deployment } = shop.market
  const [first] = receipts
  const channel = { deployment, payer: payer.account.address, offerId, lane: first?.lane ?? 0n }
  expect((await getChannel(payer, channel)).settled).toBeGreaterThanOrEqual(3n * PRICE)
})

test('what cannot be paid is told with fresh terms, and its lane is left', async () => {
  const { fetch, receipts } = await voucherBuyer(PRICE)
  expect((await fetch(inferUrl(url), calling(shop.bodyOf()))).status).toBe(200)
  const poor = await fetch(inferUrl(url), calling(shop.bodyOf()))
  expect(poor.headers.get('payment-required')).toBeTruthy()
  expect(await refusal(poor)).toMatchObject({ code: 'OVER_DEPOSIT' })
  expect(receipts).toHaveLength(1)
})

test('refuses a price above its own limit, and terms with another escrow', async () => {
  const { fetch: thrifty } = await voucherBuyer(10n ** 6n, PRICE - 1n)
  await expect(thrifty(inferUrl(url), calling(shop.bodyOf()))).rejects.toThrow('the call may cost 100 wei')
  const { client } = await voucherBuyer()
  const unpaid = await fetch(inferUrl(url), calling(shop.bodyOf()))
  const { accepts } = (await unpaid.json()) as { accepts: Parameters<typeof client.createPaymentPayload>[0]['accepts'] }
  const [voucher] = accepts
  const other = { ...voucher, payTo: shop.market.deployment.token } as (typeof accepts)[number]
  const terms = { x402Version: 2, resource: { url }, accepts: [other] }
  await expect(client.createPaymentPayload(terms)).rejects.toThrow('they name the escrow')
})

test('a voucher by another key than it names is refused', async () => {
  const { client } = await voucherBuyer()
  const unpaid = await fetch(inferUrl(url), calling(shop.bodyOf()))
  const { accepts } = (await unpaid.json()) as { accepts: Parameters<typeof client.createPaymentPayload>[0]['accepts'] }
  const payload = await client.createPaymentPayload({ x402Version: 2, resource: { url }, accepts })
  const { channel } = payload.payload as { channel: object }
  const changed = {
    ...payload,
    payload: { ...payload.payload, channel: { ...channel, payerAuthorizer: `0x${'11'.repeat(20)}` } },
  }
  const header = Buffer.from(JSON.stringify(changed)).toString('base64')
  expect((await refusal(await fetch(inferUrl(url), calling(shop.bodyOf(), header)))).code).toBe('WRONG_SIGNER')
})
