import type { ServerResponse } from 'node:http'
import { tensorOf } from '@stoa/protocol'
import { proveOvercharge, settle } from '@stoa/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddingRequest } from './tasks/embedding.ts'
import { idsOfWord } from './testing/letters.ts'
import { openShop } from './testing/shop.ts'
import { type Behaviour, embeddingsOf, strangersKey } from './testing/testProvider.ts'

let shop: Awaited<ReturnType<typeof openShop>>
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const request = embeddingRequest([idsOfWord('hello')])
let models = 0

/** A new model with a cheap seller that behaves as given and an honest, dearer one; and a gateway. */
async function rivals(behaviour: Behaviour, ...others: bigint[]) {
  const model = `test/hostile-${models++}`
  const { sellers } = await shop.sell(model, 1_000_000n, ...(others.length > 0 ? others : [2_000_000n]))
  const { gateway, parameters } = await shop.gateway()
  const [hostile, honest] = sellers
  if (!hostile || !honest) throw new Error('two sellers are needed')
  hostile.provider.behave(behaviour)
  const infer = () => gateway.infer({ model, request })
  return { model, gateway, parameters, hostile, honest, sellers, infer }
}

const OTHER = `0x${'ab'.repeat(32)}` as const

describe('an answer that fails a check is not handed on: the honest seller answers, the other is avoided', () => {
  const lies: Record<string, Behaviour> = {
    'signed by a stranger': { signWith: strangersKey() },
    'other bytes than it signed for': { send: embeddingsOf(embeddingRequest([idsOfWord('other')])) },
    'another request': { lie: () => ({ requestDigest: OTHER }) },
    'another response': { lie: () => ({ responseDigest: OTHER }) },
    'other weights': { lie: () => ({ weightsDigest: OTHER }) },
    'another offer': { lie: () => ({ offerId: OTHER }) },
    'another payer': { lie: () => ({ payer: '0x00000000000000000000000000000000000000ab' }) },
    'another lane': { lie: ({ lane }) => ({ lane: lane + 1n }) },
    'another voucher': { lie: ({ voucherCumulative }) => ({ voucherCumulative: voucherCumulative + 1n }) },
    'more units': { lie: ({ units }) => ({ units: units + 1n }) },
    'a greater charge': {
      lie: ({ charge, chargedCumulative: c }) => ({ charge: charge + 1n, chargedCumulative: c + 1n }),
    },
    'a greater sum': { lie: ({ chargedCumulative }) => ({ chargedCumulative: chargedCumulative + 1n }) },
    'a smaller sum': { lie: ({ chargedCumulative }) => ({ chargedCumulative: chargedCumulative - 1n }) },
    'no receipt': { receiptHeader: null },
    'a receipt that is none': { receiptHeader: 'AAAA' },
    'tensors that are none': {
      instead: (response) => response.writeHead(200, { 'stoa-receipt': 'AAAA' }).end('hello'),
    },
    'more bytes than are taken': {
      instead: (response) => {
        response.writeHead(200)
        const piece = Buffer.alloc(1 << 20)
        for (let i = 0; i < 18; i++) response.write(piece)
        response.end()
      },
    },
    'an endless error': {
      instead: (response) => {
        response.writeHead(500)
        const timer = setInterval(() => response.write(Buffer.alloc(8192)), 1)
        response.on('close', () => clearInterval(timer))
      },
    },
  }
  it.each(Object.entries(lies))('%s', async (_, behaviour) => {
    const { gateway, hostile, honest, infer } = await rivals(behaviour)
    expect(await infer()).toMatchObject({ offerId: honest.offerId, costWei: 10n })
    expect(gateway.receipts().receipts.map(({ receipt }) => receipt.offerId)).toEqual([honest.offerId])
    const status = gateway.status()
    expect(status.providers).toMatchObject([
      { provider: hostile.address.toLowerCase(), health: { state: 'distrusted' } },
    ])
    expect(status).toMatchObject({ evidence: 1, lanes: { retired: 1, doubt: 0 } })
    await infer()
    expect(hostile.provider.seen).toHaveLength(1)
  })

  it('a true receipt for what is no answer of the task: kept, paid, avoided', async () => {
    const { gateway, hostile, honest, infer } = await rivals({
      answer: () => [tensorOf('embedding', 'f32', [1, 2], new Float32Array(2))],
    })
    expect(await infer()).toMatchObject({ offerId: honest.offerId })
    expect(gateway.receipts().receipts).toHaveLength(2)
    expect(gateway.status()).toMatchObject({ evidence: 1, lanes: { free: 2, retired: 0 } })
    await infer()
    expect(hostile.provider.seen).toHaveLength(1)
  })

  it('is remembered across a restart', async () => {
    const { gateway, parameters, hostile, model, infer } = await rivals({ receiptHeader: null })
    await infer()
    await gateway.close()
    const { gateway: again } = await shop.gateway(parameters)
    await again.infer({ model, request })
    expect(hostile.provider.seen).toHaveLength(1)
  })
})

describe('a provider that goes silent', () => {
  it('hangs: the next one answers, and the call stays in doubt', async () => {
    const { gateway, hostile, honest, infer } = await rivals({ instead: () => {} })
    expect(await infer()).toMatchObject({ offerId: honest.offerId })
    expect(gateway.status()).toMatchObject({ lanes: { doubt: 1 }, evidence: 0 })
    // Nothing was answered for that voucher, so its lane is free again, and its amount is never signed twice.
    await gateway.refresh()
    expect(gateway.status().lanes).toMatchObject({ doubt: 0, free: 2 })
    hostile.provider.behave({})
    await new Promise((resolve) => setTimeout(resolve, 60))
    await infer()
    expect(hostile.provider.seen.map(({ maxCumulative }) => maxCumulative)).toEqual([5n, 6n])
  })

  it('cuts off its answer: the stored one is fetched, and paid once', async () => {
    const { gateway, hostile, infer } = await rivals({
      afterwards: (response, { header, body }) => {
        response.writeHead(200, { 'stoa-receipt': header, 'content-length': body.length })
        response.write(body.subarray(0, 100))
        setTimeout(() => response.destroy(), 20)
      },
    })
    expect(await infer()).toMatchObject({ offerId: hostile.offerId, costWei: 5n })
    expect(hostile.provider.seen).toHaveLength(1)
    expect(gateway.status()).toMatchObject({ available: 999_995n, lanes: { free: 1, doubt: 0 } })
  })

  it('drops the call: the same voucher is sent again, and paid once', async () => {
    const { hostile, infer } = await rivals({
      instead: (response) => {
        hostile.provider.behave({})
        response.destroy()
      },
    })
    expect(await infer()).toMatchObject({ offerId: hostile.offerId, costWei: 5n })
    const [first, second] = hostile.provider.seen
    expect(second).toEqual(first)
  })

  it('answers when nobody hears it any more: the receipt is fetched after a restart', async () => {
    const { gateway, parameters, model, hostile, honest, infer } = await rivals({
      afterwards: () => {},
      withhold: true,
    })
    expect(await infer()).toMatchObject({ offerId: honest.offerId })
    expect(gateway.status().lanes).toMatchObject({ doubt: 1 })
    await gateway.close()
    hostile.provider.behave({})
    const { gateway: again } = await shop.gateway(parameters)
    expect(again.status().lanes).toMatchObject({ doubt: 0, free: 2 })
    expect(again.receipts({ offerId: hostile.offerId }).receipts).toMatchObject([{ model, receipt: { charge: 5n } }])
    await again.infer({ model, request })
    expect(hostile.provider.seen.map(({ maxCumulative }) => maxCumulative)).toEqual([5n, 10n])
  })

  it('never answers: its lane is set aside once the voucher has expired', async () => {
    const { parameters, hostile, model } = await rivals({ instead: () => {}, withhold: true })
    const { gateway } = await shop.gateway({ ...parameters, folder: shop.market.folder(), voucherSeconds: 0 })
    await gateway.infer({ model, request })
    expect(gateway.status().lanes).toMatchObject({ doubt: 1 })
    const expired = (hostile.provider.seen[0]?.validUntil ?? 0) + 1
    while (Date.now() / 1000 <= expired) await new Promise((resolve) => setTimeout(resolve, 100))
    await gateway.refresh()
    expect(gateway.status().lanes).toMatchObject({ doubt: 0, retired: 1 })
  })

  it('never puts a call at risk with a third', async () => {
    const { gateway, sellers, infer } = await rivals({ instead: () => {} }, 2_000_000n, 3_000_000n)
    sellers[1]?.provider.behave({ instead: (response) => response.writeHead(502).end('<html>') })
    await expect(infer()).rejects.toMatchObject({ code: 'NO_VALID_ANSWER', status: 502 })
    expect(sellers[2]?.provider.seen).toEqual([])
    expect(gateway.receipts().receipts).toEqual([])
  })
})

it('leaves a call spent, whatever the next one lacks: a lane, where others are answered on all it may have', async () => {
  const { model, parameters, honest } = await rivals({ instead: () => {} })
  const { gateway } = await shop.gateway({ ...parameters, folder: shop.market.folder(), limits: { lanesPerOffer: 1 } })
  const { promise: asked, resolve: hold } = Promise.withResolvers<ServerResponse>()
  honest.provider.behave({ instead: hold })
  const other = gateway.app.request('/v1/embeddings', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, input: 'hello', provider: { only: [honest.address] } }),
  })
  const response = await asked
  await expect(gateway.infer({ model, request })).rejects.toMatchObject({ code: 'NO_VALID_ANSWER', status: 502 })
  response.destroy()
  await other
})

describe('a provider that refuses', () => {
  it.each(['OVERLOADED', 'OVER_EXPOSURE', 'OFFER_CLOSED', 'MODEL_FAILED', 'BODY_TOO_LARGE'] as const)(
    '%s: the next one answers, nothing is in doubt',
    async (refuse) => {
      const { gateway, honest, infer } = await rivals({ refuse })
      expect(await infer()).toMatchObject({ offerId: honest.offerId })
      expect(gateway.status().lanes).toMatchObject({ free: 2, doubt: 0, retired: 0 })
    },
  )

  it.each([
    ['VOUCHER_TOO_LOW', { retired: 1 }],
    ['VOUCHER_REPLAYED', { retired: 1 }],
    // It may be busy with this very call, sent twice by something between us: its answer is asked for.
    ['LANE_BUSY', { doubt: 1 }],
  ] as const)('%s: its word for it; the voucher counts as spent, and it gets no second one', async (refuse, left) => {
    const { gateway, hostile, honest, infer } = await rivals({ refuse })
    const { available } = gateway.status()
    expect(await infer()).toMatchObject({ offerId: honest.offerId })
    expect(hostile.provider.seen.map(({ maxCumulative }) => maxCumulative)).toEqual([5n])
    const after = gateway.status()
    expect(after.lanes).toMatchObject(left)
    expect(after.available).toBe(available - 5n - 10n)
  })

  it.each([
    ['OVER_DEPOSIT', 'INSUFFICIENT_DEPOSIT', 402],
    ['WRONG_SIGNER', 'KEY_NOT_REGISTERED', 402],
    ['OVER_EXPOSURE', 'OVER_EXPOSURE', 429],
    ['INVALID_TENSOR', 'INVALID_TENSOR', 400],
    ['OVERLOADED', 'NO_PROVIDER', 503],
  ] as const)('all of them %s: the caller is told %s', async (refuse, code, status) => {
    const { sellers, infer } = await rivals({ refuse })
    sellers[1]?.provider.behave({ refuse })
    await expect(infer()).rejects.toMatchObject({ code, status })
  })
})

describe('settlements', () => {
  /** One refused call and one answered: the second voucher is for 6 wei, its receipt charges 5. */
  async function chargedFive() {
    const { gateway, hostile, infer } = await rivals({ refuse: 'OFFER_CLOSED' })
    await infer()
    hostile.provider.behave({})
    await infer()
    const voucher = hostile.provider.seen[1]
    if (voucher?.maxCumulative !== 6n) throw new Error('a voucher for 6 wei is needed')
    const { deployment } = shop.market
    const settleAt = async (cumulative: bigint) => {
      const claims = [{ voucher, signature: voucher.signature, cumulative, calls: 1 }]
      await settle(hostile.client, { deployment, provider: hostile.address, claims })
      await gateway.refresh()
    }
    return { gateway, hostile, settleAt }
  }

  it('at what the receipt says are in order, and leave as much to spend as before', async () => {
    const { gateway, settleAt } = await chargedFive()
    const { available } = gateway.status()
    await settleAt(5n)
    expect(gateway.status()).toMatchObject({ overcharged: [], available })
  })

  it('above it are reported with the receipt, which convicts the seller', async () => {
    const { gateway, hostile, settleAt } = await chargedFive()
    await settleAt(6n)
    const [overcharge, ...more] = gateway.status().overcharged
    expect(more).toEqual([])
    expect(overcharge).toMatchObject({ offerId: hostile.offerId, settled: 6n, charged: 5n })
    const [kept] = gateway.receipts({ offerId: hostile.offerId }).receipts
    if (!kept) throw new Error('a receipt is needed')
    expect(overcharge?.receiptDigest).toBe(kept.digest)
    const { deployment } = shop.market
    const anyone = await shop.market.account(0n)
    const { receipt } = kept
    const { paid } = await proveOvercharge(anyone, { deployment, receipt, signature: receipt.signature })
    expect(paid).toBeGreaterThan(0n)
  })
})
