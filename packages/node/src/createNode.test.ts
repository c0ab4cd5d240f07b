import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  decodeReceiptHeader,
  decodeTensors,
  domainSeparator,
  encodeTensors,
  findTensor,
  RECEIPT_HEADER,
  receiptDigest,
  tensorOf,
  tensorsDigest,
  type Voucher,
} from '@stoa/protocol'
import { deposit, getChannel, getRevenue } from '@stoa/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOfKey } from './testing/localMarket.ts'
import { createBuyer } from './testing/market.ts'
import { aVoucher, infer, now, openShop, refusal, whiteImage } from './testing/shop.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop?.close())

test('sells an answer, tells it again, settles it, and is paid', async () => {
  const { buyer, payer, url, offerId, node } = await shop.open()
  const voucher = aVoucher(payer, offerId)
  const body = whiteImage(64)
  const response = await infer(url, buyer.header(voucher), body)
  expect(response.status).toBe(200)
  const answer = new Uint8Array(await response.arrayBuffer())
  expect(findTensor(decodeTensors(answer), 'text').data).toHaveLength(0)
  const receipt = decodeReceiptHeader(response.headers.get(RECEIPT_HEADER) ?? '')
  expect(receipt).toMatchObject({
    units: 4_096n,
    charge: 4_096n,
    chargedCumulative: 4_096n,
    voucherCumulative: 10_000n,
  })
  expect(receipt.responseDigest).toBe(tensorsDigest(decodeTensors(answer)))
  const { chainId, providerRegistry } = shop.market.deployment
  const separator = domainSeparator({ chainId, verifyingContract: providerRegistry })
  const signer = shop.secp256k1.recover(receiptDigest(separator, receipt), receipt.signature)
  expect(signer).toBe(addressOfKey(shop.market.signerKey).toLowerCase())

  const fetched = await fetch(`${url}/v1/answers/${buyer.digest(voucher)}`, {
    headers: { 'stoa-voucher': buyer.header(voucher) },
  })
  expect(new Uint8Array(await fetched.arrayBuffer())).toEqual(answer)
  expect(node.status()).toMatchObject({ owedWei: 4_096n, unsettledLanes: 1, problems: [] })

  const summary = await node.settleNow()
  expect(summary).toMatchObject({ settled: 1, refused: 0, paidWei: 4_096n, owedWei: 0n })
  expect(await node.settleNow()).toMatchObject({ hashes: [] })
  const { deployment } = shop.market
  const id = { payer: payer.account.address, offerId, lane: 1n }
  expect(await getChannel(payer, { deployment, ...id })).toMatchObject({ settled: 4_096n, ceiling: 10_000n })
  expect(await getRevenue(payer, { deployment, offerId })).toMatchObject({ amount: 4_096n })

  // The voucher is public now, and so no longer a proof of whose answer it is; the request is.
  const public_ = await fetch(`${url}/v1/answers/${buyer.digest(voucher)}`, {
    headers: { 'stoa-voucher': buyer.header(voucher) },
  })
  expect(await refusal(public_)).toMatchObject({ code: 'VOUCHER_REPLAYED' })
  const replayed = await infer(url, buyer.header(voucher), body)
  expect(decodeReceiptHeader(replayed.headers.get(RECEIPT_HEADER) ?? '')).toEqual(receipt)
})

test('describes itself and serves its model’s blocks', async () => {
  const { url, node, offerId } = await shop.open()
  const description = (await (await fetch(`${url}/v1/node`)).json()) as Record<string, unknown>
  expect(description).toMatchObject({
    chainId: 31_337,
    escrow: shop.market.deployment.escrow,
    provider: shop.market.provider.account.address,
    offers: [{ offerId: offerId.toLowerCase(), model: 'stoa/ocr', task: 'ocr', unit: 'pixel', price: '1000000' }],
    signatures: 'native',
  })
  expect(node.signatures).toBe('native')
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' })
  const { cid } = await shop.market.blobs.put(new TextEncoder().encode('anything'))
  expect(await (await fetch(`${url}/v1/blocks/${cid}`)).text()).toBe('anything')
})

describe('what the node refuses over HTTP', () => {
  let sold: Awaited<ReturnType<typeof shop.open>>
  beforeAll(async () => {
    sold = await shop.open({ limits: { maxBodyBytes: 1 << 20, refreshSeconds: 1 } })
  })
  /** Vouchers that were refused are not taken again: each is greater than the one before. */
  let maxCumulative = 20_000n
  const ask = async (
    changes: Partial<Voucher>,
    body: Parameters<typeof infer>[2] = whiteImage(16),
    header?: string,
  ) => {
    const voucher = aVoucher(sold.payer, sold.offerId, { maxCumulative: maxCumulative++, ...changes })
    return refusal(await infer(sold.url, header ?? sold.buyer.header(voucher), body))
  }

  test('BAD_REQUEST', async () => {
    const header = sold.buyer.header(aVoucher(sold.payer, sold.offerId))
    const json = await infer(sold.url, header, '{}', 'application/json')
    expect(await refusal(json)).toMatchObject({ code: 'BAD_REQUEST' })
    const tiny = await infer(sold.url, header, whiteImage(4))
    expect(await refusal(tiny)).toMatchObject({ code: 'BAD_REQUEST' })
    expect((await refusal(await fetch(`${sold.url}/v1/blocks/no-cid`))).code).toBe('BAD_REQUEST')
  })

  test('MALFORMED_MESSAGE', async () => {
    expect(await ask({}, whiteImage(16), 'no-voucher')).toMatchObject({ code: 'MALFORMED_MESSAGE' })
  })

  test('INVALID_TENSOR', async () => {
    expect(await ask({}, 'no tensors')).toMatchObject({ code: 'INVALID_TENSOR' })
    const text = new Uint8Array(encodeTensors([tensorOf('text', 'u8', [1], new Uint8Array(1))]))
    expect(await ask({}, text)).toMatchObject({ code: 'INVALID_TENSOR' })
  })

  test('WRONG_CHAIN', async () => {
    const elsewhere = createBuyer(shop.secp256k1, { chainId: 1, escrow: shop.market.deployment.escrow })
    const header = elsewhere.header(aVoucher(sold.payer, sold.offerId))
    expect(await ask({}, whiteImage(16), header)).toMatchObject({ code: 'WRONG_CHAIN' })
  })

  test('VOUCHER_MISSING, with what calls cost', async () => {
    const error = await refusal(await infer(sold.url, undefined, whiteImage(16)))
    expect(error).toMatchObject({ code: 'VOUCHER_MISSING', offers: [{ unit: 'pixel', price: '1000000' }] })
  })

  test('VOUCHER_EXPIRED, VOUCHER_TOO_LONG', async () => {
    expect(await ask({ validUntil: now() + 60 })).toMatchObject({ code: 'VOUCHER_EXPIRED' })
    expect(await ask({ validUntil: now() + 10 * 86_400 })).toMatchObject({ code: 'VOUCHER_TOO_LONG' })
  })

  test('VOUCHER_TOO_LOW, with what the call costs', async () => {
    const error = await ask({ maxCumulative: 255n })
    expect(error).toMatchObject({ code: 'VOUCHER_TOO_LOW', needed: '256', available: '255', chargedCumulative: '0' })
  })

  test('WRONG_SIGNER', async () => {
    const stranger = createBuyer(shop.secp256k1, shop.market.deployment)
    const header = stranger.header(aVoucher(sold.payer, sold.offerId))
    expect(await ask({}, whiteImage(16), header)).toMatchObject({ code: 'WRONG_SIGNER' })
  })

  test('OVER_DEPOSIT, until there is more of it', async () => {
    const { buyer, payer } = await shop.openAccount(300n)
    const header = (maxCumulative: bigint) => buyer.header(aVoucher(payer, sold.offerId, { maxCumulative }))
    const error = await refusal(await infer(sold.url, header(10_000n), whiteImage(20)))
    expect(error).toMatchObject({ code: 'OVER_DEPOSIT', needed: '400', available: '300' })
    const friend = await shop.market.account(100n)
    await deposit(friend, { deployment: shop.market.deployment, payer: payer.account.address, amount: 100n })
    expect((await infer(sold.url, header(10_001n), whiteImage(20))).status).toBe(200)
  })

  test('UNKNOWN_OFFER, UNKNOWN_ANSWER, UNKNOWN_BLOB, NOT_FOUND', async () => {
    expect(await ask({ offerId: `0x${'ab'.repeat(32)}` })).toMatchObject({ code: 'UNKNOWN_OFFER' })
    const voucher = aVoucher(sold.payer, sold.offerId, { lane: 99n })
    const headers = { 'stoa-voucher': sold.buyer.header(voucher) }
    const answer = await fetch(`${sold.url}/v1/answers/${sold.buyer.digest(voucher)}`, { headers })
    expect(await refusal(answer)).toMatchObject({ code: 'UNKNOWN_ANSWER' })
    const blob = await fetch(`${sold.url}/v1/blocks/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy`)
    expect(await refusal(blob)).toMatchObject({ code: 'UNKNOWN_BLOB' })
    expect(await refusal(await fetch(`${sold.url}/v2/infer`))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('VOUCHER_REPLAYED', async () => {
    const header = sold.buyer.header(aVoucher(sold.payer, sold.offerId, { lane: 7n }))
    expect((await infer(sold.url, header, whiteImage(16))).status).toBe(200)
    expect(await ask({}, whiteImage(17), header)).toMatchObject({ code: 'VOUCHER_REPLAYED', chargedCumulative: '256' })
  })

  test('BODY_TOO_LARGE, by what is stated and by what comes', async () => {
    expect(await ask({}, new Uint8Array(2 << 20))).toMatchObject({ code: 'BODY_TOO_LARGE' })
    const endless = new ReadableStream<Uint8Array>({ pull: (stream) => stream.enqueue(new Uint8Array(1 << 16)) })
    expect(await ask({}, endless)).toMatchObject({ code: 'BODY_TOO_LARGE' })
  })

  test('INTERNAL, for a block that has rotted, without a word of the inside', async () => {
    const { cid } = await shop.market.blobs.put(new TextEncoder().encode('sound'))
    const blocks = join(shop.market.blobsFolder, 'blocks')
    const path = readdirSync(blocks, { recursive: true, encoding: 'utf8' }).find((name) => name.includes(cid))
    writeFileSync(join(blocks, path ?? ''), 'rotten')
    const response = await fetch(`${sold.url}/v1/blocks/${cid}`)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain(shop.folder)
  })
})
