import { type Fate, openRpcProxy, type RpcProxy } from '@stoa/localnet/rpcProxy'
import {
  bytesToHex,
  decodeReceiptHeader,
  domainSeparator,
  type Hex,
  isDirectLane,
  RECEIPT_HEADER,
  receiptDigest,
} from '@stoa/protocol'
import { stoaUsdAbi } from '@stoa/protocol/abi'
import { collectRevenue, getOfferAccount, sendCall, type WriteClient } from '@stoa/sdk'
import { decodePaymentRequiredHeader, decodePaymentResponseHeader, encodePaymentSignatureHeader } from '@x402/core/http'
import type { PaymentPayload } from '@x402/core/types'
import { encodeFunctionData, parseSignature } from 'viem'
import { getTransactionReceipt } from 'viem/actions'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createNode } from '../createNode.ts'
import { aVoucher, infer, refusal, whiteImage } from '../testing/shop.ts'
import { calling, inferUrl, openX402Shop, PRICE, type X402Shop } from '../testing/x402Shop.ts'

let shop: X402Shop
let proxy: RpcProxy
let url: string
let offerId: Hex
let node: Awaited<ReturnType<typeof createNode>>
beforeAll(async () => {
  shop = await openX402Shop()
  proxy = await openRpcProxy(shop.market.chain.rpcUrl)
  offerId = await shop.offer()
  node = await createNode({ ...shop.parametersOf(offerId), rpcUrl: proxy.url })
  ;({ url } = await node.listen({ host: '127.0.0.1', port: 0 }))
})
afterEach(() => proxy.decide(() => 'pass'))
afterAll(async () => {
  await node?.close()
  proxy?.close()
  await shop?.close()
})

/** What a settlement asks of the chain first. */
const PREPARING = new Set(['eth_estimateGas', 'eth_fillTransaction'])

const call = (body: string, payment?: string) => fetch(inferUrl(url), calling(body, payment))
const settledOf = (response: Response) => decodePaymentResponseHeader(response.headers.get('payment-response') ?? '')
/** The payment with another authorization or terms. */
const altered = ({ payload, ...rest }: PaymentPayload, changes: object) =>
  encodePaymentSignatureHeader({ ...rest, payload: { ...payload, ...changes } })

test('an unpaid call is told its price and the ways to pay it', async () => {
  const { deployment, provider } = shop.market
  const unpaid = await call(shop.bodyOf())
  expect(unpaid.status).toBe(402)
  const terms = decodePaymentRequiredHeader(unpaid.headers.get('payment-required') ?? '')
  const common = { network: 'eip155:31337', asset: deployment.token, amount: `${PRICE}` }
  const account = await getOfferAccount(provider, { deployment, offerId })
  expect(terms).toMatchObject({
    x402Version: 2,
    accepts: [
      { ...common, scheme: 'stoa-voucher', payTo: deployment.escrow, extra: { offerId } },
      { ...common, scheme: 'exact', payTo: account, extra: { name: 'Stoa Test Dollar', version: '1', offerId } },
    ],
  })
  expect(await unpaid.json()).toMatchObject({ error: { code: 'PAYMENT_REQUIRED' }, accepts: terms.accepts })
})

test('a stock client buys; the answer is signed, and everybody who made it is paid', async () => {
  const { fetch, payer } = await shop.exactBuyer()
  const before = await shop.earned(offerId)
  const response = await fetch(inferUrl(url), calling(shop.bodyOf('seven')))
  expect(await response.json()).toMatchObject({
    ...{ model_name: 'small/graph', model_version: '1', id: 'seven' },
    parameters: { cost_wei: `${PRICE}` },
  })
  const { signature, ...receipt } = decodeReceiptHeader(response.headers.get(RECEIPT_HEADER) ?? '')
  const payerAddress = payer.account.address.toLowerCase()
  expect(receipt).toMatchObject({ offerId, payer: payerAddress, charge: PRICE, chargedCumulative: PRICE, units: 1n })
  expect(isDirectLane(receipt.lane)).toBe(true)
  const { deployment } = shop.market
  const domain = domainSeparator({ chainId: 31_337, verifyingContract: deployment.providerRegistry })
  const signer = shop.secp256k1.recover(receiptDigest(domain, receipt), signature)
  expect(signer).toBe(shop.secp256k1.addressOf(shop.market.signerKey))
  const settled = settledOf(response)
  expect(settled).toMatchObject({ success: true, amount: `${PRICE}`, network: 'eip155:31337' })
  const mined = await getTransactionReceipt(shop.market.provider, { hash: settled.transaction as Hex })
  expect(mined.status).toBe('success')
  expect(await shop.balanceOf(payer)).toBe(10n ** 6n - PRICE)
  expect(await shop.earned(offerId)).toEqual({ revenue: before.revenue + PRICE, unswept: 0n })
  expect(await collectRevenue(shop.market.provider, { deployment, offerId })).toMatchObject({
    amount: before.revenue + PRICE,
  })
})

test('asked again, it brings the stored answer; twins wait for one; another request is refused', async () => {
  const { payer } = await shop.exactBuyer()
  const { header } = await shop.pay(url, shop.bodyOf(), payer)
  const [first, twin] = await Promise.all([call(shop.bodyOf(), header), call(shop.bodyOf(), header)])
  const again = await call(shop.bodyOf(), header)
  const receipts = [first, twin, again].map(({ headers }) => headers.get(RECEIPT_HEADER))
  expect(new Set(receipts).size).toBe(1)
  const answers = await Promise.all([first, twin, again].map((each) => each.json()))
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  expect(settledOf(again)).toEqual(settledOf(first))
  const { inputs } = JSON.parse(shop.bodyOf())
  inputs[0].data[0] ^= 1
  expect(await refusal(await call(JSON.stringify({ inputs }), header))).toMatchObject({ code: 'PAYMENT_REPLAYED' })
  expect(await shop.balanceOf(payer)).toBe(10n ** 6n - PRICE)
})

test('a payment that is not as the terms say is refused, and costs nothing', async () => {
  const { payer } = await shop.exactBuyer()
  const { payload, header } = await shop.pay(url, shop.bodyOf(), payer)
  const { authorization, signature } = payload.payload as { authorization: object; signature: Hex }
  const forged = (changes: object) => altered(payload, { authorization: { ...authorization, ...changes } })
  const soon = `${Math.floor(Date.now() / 1000) + 30}`
  const late = `${Math.floor(Date.now() / 1000) + 100_000}`
  const cases: [string, string][] = [
    [forged({ value: `${PRICE - 1n}` }), 'the call costs 100'],
    [forged({ to: payer.account.address }), 'is the account of no offer'],
    [forged({ validBefore: soon }), 'it ends at'],
    [forged({ validBefore: late }), 'more than a day'],
    [forged({ nonce: `0x${'12'.repeat(32)}` }), 'invalid_exact_evm'],
    [altered(payload, { signature: `${signature.slice(0, -4)}0000` }), 'PAYMENT_REFUSED'],
  ]
  for (const [payment, why] of cases) {
    const refused = await call(shop.bodyOf(), payment)
    expect(settledOf(refused)).toMatchObject({ success: false })
    expect(decodePaymentRequiredHeader(refused.headers.get('payment-required') ?? '').accepts).toHaveLength(2)
    const error = await refusal(refused)
    expect(error.code).toBe('PAYMENT_REFUSED')
    expect(`${error.code} ${error.message}`).toContain(why)
  }
  for (const junk of ['?', Buffer.from('{}').toString('base64'), header.slice(0, -20)])
    expect((await refusal(await call(shop.bodyOf(), junk))).code).toBe('MALFORMED_MESSAGE')
  const elsewhere = encodePaymentSignatureHeader({
    ...payload,
    accepted: { ...payload.accepted, network: 'eip155:10' },
  })
  expect((await refusal(await call(shop.bodyOf(), elsewhere))).code).toBe('MALFORMED_MESSAGE')
  expect(await shop.balanceOf(payer)).toBe(10n ** 6n)
  expect((await call(shop.bodyOf(), header)).status).toBe(200)
})

test('whose funds are gone is given nothing, and gets the answer when they are back', async () => {
  const [{ payer }, { payer: other }] = [await shop.exactBuyer(PRICE), await shop.exactBuyer()]
  const { header } = await shop.pay(url, shop.bodyOf(), payer)
  const transfer = (from: WriteClient, to: WriteClient) => {
    const args = [to.account.address, PRICE] as const
    const data = encodeFunctionData({ abi: stoaUsdAbi, functionName: 'transfer', args })
    return sendCall(from, 31_337, { to: shop.market.deployment.token, data })
  }
  // After the check, before the settlement.
  let moved = false
  proxy.decide(async (method): Promise<Fate> => {
    if (PREPARING.has(method) && !moved) {
      moved = true
      await transfer(payer, other)
    }
    return 'pass'
  })
  const refused = await call(shop.bodyOf(), header)
  expect(refused.headers.get(RECEIPT_HEADER)).toBeNull()
  expect(await refusal(refused)).toMatchObject({ code: 'PAYMENT_REFUSED' })
  await transfer(other, payer)
  expect((await call(shop.bodyOf(), header)).status).toBe(200)
  expect(await shop.balanceOf(payer)).toBe(0n)
})

test('what somebody else brings to the token first is paid, and swept', async () => {
  const { payer } = await shop.exactBuyer()
  const before = await shop.earned(offerId)
  const { header, payload } = await shop.pay(url, shop.bodyOf(), payer)
  const { authorization, signature } = payload.payload as { authorization: Record<string, string>; signature: Hex }
  const { from, to, value, validAfter, validBefore, nonce } = authorization as Record<string, Hex>
  const { r, s, yParity } = parseSignature(signature)
  const data = encodeFunctionData({
    abi: stoaUsdAbi,
    functionName: 'transferWithAuthorization',
    args: [
      from,
      to,
      BigInt(value ?? 0),
      BigInt(validAfter ?? 0),
      BigInt(validBefore ?? 0),
      nonce,
      yParity + 27,
      r,
      s,
    ] as never,
  })
  let brought: Hex | undefined
  proxy.decide(async (method): Promise<Fate> => {
    if (PREPARING.has(method) && !brought) {
      const { transactionHash } = await sendCall(shop.market.provider, 31_337, {
        to: shop.market.deployment.token,
        data,
      })
      brought = transactionHash
    }
    return 'pass'
  })
  const response = await call(shop.bodyOf(), header)
  expect(response.status).toBe(200)
  expect(settledOf(response).transaction).toBe(brought)
  await expect.poll(() => shop.earned(offerId)).toEqual({ revenue: before.revenue + PRICE, unswept: 0n })
})

test('a chain that is away is no reason to refuse a payment for good', async () => {
  const { payer } = await shop.exactBuyer()
  const { header } = await shop.pay(url, shop.bodyOf(), payer)
  proxy.decide(() => 'error')
  expect((await refusal(await call(shop.bodyOf(), header))).code).toBe('CHAIN_UNAVAILABLE')
  proxy.decide(() => 'pass')
  expect((await call(shop.bodyOf(), header)).status).toBe(200)
})

test('no voucher is taken on the lanes that receipts of direct payments name', async () => {
  const { buyer, payer } = await shop.openAccount()
  const voucher = buyer.header(aVoucher(payer, offerId, { lane: 1n << 63n }))
  expect((await refusal(await infer(url, voucher, whiteImage(8)))).code).toBe('LANE_RESERVED')
})

test('two nonces that end alike would name one call: the second is refused', async () => {
  const { payer } = await shop.exactBuyer()
  const { client } = shop.stockFetch(payer)
  const real = crypto.getRandomValues
  const ends = new Uint8Array(24).fill(7)
  const sign = async (first: number) => {
    const { terms } = await shop.pay(url, shop.bodyOf(), payer)
    crypto.getRandomValues = ((into: Uint8Array) => {
      into.set(ends, 8)
      into[0] = first
      return into
    }) as typeof real
    try {
      return encodePaymentSignatureHeader(await client.createPaymentPayload(terms))
    } finally {
      crypto.getRandomValues = real
    }
  }
  const [one, other] = [await sign(1), await sign(2)]
  expect((await call(shop.bodyOf(), one)).status).toBe(200)
  expect(await refusal(await call(shop.bodyOf(), other))).toMatchObject({ code: 'PAYMENT_REFUSED' })
  expect(bytesToHex(ends)).toMatch(/^0x(07)+$/)
})
