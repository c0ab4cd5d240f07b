import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Address,
  decodeTensors,
  type Hex,
  receiptDigest,
  tensorsDigest,
  textTensor,
  type Voucher,
} from '@stoa/protocol'
import { nativeSecp256k1, type Secp256k1 } from '@stoa/protocol/secp256k1'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PayerQuery, PayerState } from '../chain/readPayer.ts'
import { laneKey } from '../store/lane.ts'
import { anOffer, aRequest, CHAIN_ID, createBuyer, ESCROW, PROVIDER_REGISTRY } from '../testing/market.ts'
import { acceptPayment } from './acceptPayment.ts'
import { fetchAnswer } from './fetchAnswer.ts'
import { openPayments } from './openPayments.ts'
import type { Payments } from './payments.ts'

const OFFER_ID: Hex = `0x${'0f'.repeat(32)}`
const PAYER: Address = `0x${'aa'.repeat(20)}`
const SIGNER_KEY = new Uint8Array(32).fill(7)
const NOW = 1_800_000_000
const INTERVAL = 600

/** What the chain says; tests change it. */
type Ledger = {
  balance: bigint
  withdrawal: bigint
  keys: Map<Address, number>
  locked: bigint
  open: boolean
  down: boolean
}

let folder: string
let payments: Payments
let secp256k1: Secp256k1
let ledger: Ledger
let clock: { seconds: number }
let reads: PayerQuery[]

const open = () =>
  openPayments({
    folder,
    durability: 'normal',
    chainId: CHAIN_ID,
    escrow: ESCROW,
    providerRegistry: PROVIDER_REGISTRY,
    offers: [{ offerId: OFFER_ID, offer: anOffer(), weightsDigest: `0x${'11'.repeat(32)}` }],
    terms: { intervalSeconds: INTERVAL, maxVoucherValidity: 86_400 },
    signerKey: SIGNER_KEY,
    refreshSeconds: 10,
    staleSeconds: 120,
    now: () => clock.seconds * 1000,
    isOpen: async () => ledger.open,
    readPayer: async (query): Promise<PayerState> => {
      reads.push(query)
      if (ledger.down) throw new Error('connection refused')
      const { balance, withdrawal, keys, locked } = ledger
      const channel = { settled: 0n, ceiling: 0n, locked, lockedUntil: locked > 0n ? NOW + 86_400 : 0 }
      return {
        balance,
        withdrawal,
        keys: query.keys.map((key) => ({ key, validUntil: keys.get(key) ?? 0 })),
        channels: query.lanes.map((id) => ({ ...id, ...channel })),
      }
    },
  })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-node-'))
  secp256k1 = await nativeSecp256k1()
  ledger = { balance: 10_000n, withdrawal: 0n, keys: new Map(), locked: 0n, open: true, down: false }
  clock = { seconds: NOW }
  reads = []
  payments = await open()
})
afterEach(() => {
  payments.store.close()
  rmSync(folder, { recursive: true })
})

const aBuyer = () => {
  const buyer = createBuyer(secp256k1, { chainId: CHAIN_ID, escrow: ESCROW })
  ledger.keys.set(buyer.key, 2 ** 40 - 1)
  return buyer
}
const aVoucher = (maxCumulative: bigint, changes: Partial<Voucher> = {}): Voucher => ({
  payer: PAYER,
  offerId: OFFER_ID,
  lane: 1n,
  maxCumulative,
  validUntil: NOW + 3_600,
  ...changes,
})
const upperCase = (_: unknown, [text]: { data: Uint8Array }[]) => [
  textTensor('text', new TextDecoder().decode(text?.data).toUpperCase()),
]
const pay = (voucher: string | undefined, text: string, answer = upperCase) =>
  acceptPayment(payments, { voucher, body: () => aRequest(text), answer })

describe('a good call', () => {
  test('is answered, charged and signed for', async () => {
    const buyer = aBuyer()
    const { receipt, response, replayed } = await pay(buyer.header(aVoucher(100n)), 'hello')
    expect(replayed).toBe(false)
    const request = decodeTensors(aRequest('hello'))
    expect(receipt).toMatchObject({
      offerId: OFFER_ID,
      payer: PAYER,
      lane: 1n,
      voucherCumulative: 100n,
      units: 5n,
      charge: 5n,
      chargedCumulative: 5n,
      requestDigest: tensorsDigest(request),
      responseDigest: tensorsDigest(decodeTensors(response)),
      requestedAt: NOW,
      answeredAt: NOW,
    })
    const signer = secp256k1.recover(receiptDigest(payments.receiptDomain, receipt), receipt.signature)
    expect(signer).toBe(secp256k1.addressOf(SIGNER_KEY))
  })

  test('brings its stored answer again, also after its voucher has expired', async () => {
    const buyer = aBuyer()
    const first = await pay(buyer.header(aVoucher(100n)), 'hello')
    clock.seconds += 7_200
    const again = await pay(buyer.header(aVoucher(100n)), 'hello', () => {
      throw new Error('answered twice')
    })
    expect(again).toEqual({ ...first, response: new Uint8Array(first.response), replayed: true })
  })

  test('is answered on a known account while the chain is down', async () => {
    const buyer = aBuyer()
    await pay(buyer.header(aVoucher(100n)), 'a')
    ledger.down = true
    clock.seconds += 60
    await expect(pay(buyer.header(aVoucher(200n)), 'b')).resolves.toMatchObject({ replayed: false })
    clock.seconds += 121
    await expect(pay(buyer.header(aVoucher(300n)), 'c')).rejects.toMatchObject({
      code: 'CHAIN_UNAVAILABLE',
      retry: true,
    })
  })
})

describe('what is refused', () => {
  test.each<[string, Partial<Voucher>]>([
    ['VOUCHER_EXPIRED', { validUntil: NOW + INTERVAL - 1 }],
    ['VOUCHER_TOO_LONG', { validUntil: NOW + 86_401 }],
    ['VOUCHER_TOO_LOW', { maxCumulative: 4n }],
    ['UNKNOWN_OFFER', { offerId: `0x${'ee'.repeat(32)}` }],
  ])('%s', async (code, changes) => {
    const buyer = aBuyer()
    await expect(pay(buyer.header(aVoucher(100n, changes)), 'hello')).rejects.toMatchObject({ code })
    expect(payments.store.unsettledLanes()).toEqual([])
  })

  test.each([
    ['WRONG_CHAIN', { chainId: 1, escrow: ESCROW }],
    ['WRONG_CHAIN', { chainId: CHAIN_ID, escrow: PROVIDER_REGISTRY }],
  ])('%s', async (code, domain) => {
    const buyer = createBuyer(secp256k1, domain)
    await expect(pay(buyer.header(aVoucher(100n)), 'hello')).rejects.toMatchObject({ code })
  })

  test('no voucher, and one that is none', async () => {
    await expect(pay(undefined, 'hello')).rejects.toMatchObject({ code: 'VOUCHER_MISSING' })
    await expect(pay('AAAA', 'hello')).rejects.toMatchObject({ code: 'MALFORMED_MESSAGE' })
  })

  test('a key that is not registered, until it is', async () => {
    const buyer = createBuyer(secp256k1, { chainId: CHAIN_ID, escrow: ESCROW })
    await expect(pay(buyer.header(aVoucher(100n)), 'hello')).rejects.toMatchObject({ code: 'WRONG_SIGNER' })
    ledger.keys.set(buyer.key, 2 ** 40 - 1)
    clock.seconds += 1
    await expect(pay(buyer.header(aVoucher(101n)), 'hello')).resolves.toMatchObject({ replayed: false })
  })

  test('a key that ends before settlement', async () => {
    const buyer = aBuyer()
    ledger.keys.set(buyer.key, NOW + INTERVAL - 1)
    await expect(pay(buyer.header(aVoucher(100n)), 'hello')).rejects.toMatchObject({ code: 'WRONG_SIGNER' })
  })

  test('the same voucher for another request', async () => {
    const buyer = aBuyer()
    await pay(buyer.header(aVoucher(100n)), 'hello')
    await expect(pay(buyer.header(aVoucher(100n)), 'other')).rejects.toMatchObject({
      code: 'VOUCHER_REPLAYED',
      figures: { chargedCumulative: 5n, voucherCumulative: 100n },
    })
  })

  test('a voucher that is no greater than the last, with where the lane stands', async () => {
    const buyer = aBuyer()
    await pay(buyer.header(aVoucher(100n)), 'hello')
    await expect(pay(buyer.header(aVoucher(100n, { validUntil: NOW + 3_601 })), 'hi')).rejects.toMatchObject({
      code: 'VOUCHER_TOO_LOW',
      figures: { needed: 101n, available: 100n, chargedCumulative: 5n, voucherCumulative: 100n },
    })
  })

  test('more than the deposit, less what is announced to leave; a new deposit counts at once', async () => {
    const buyer = aBuyer()
    ledger.balance = 100n
    ledger.withdrawal = 96n
    await expect(pay(buyer.header(aVoucher(100n)), 'hello')).rejects.toMatchObject({
      code: 'OVER_DEPOSIT',
      figures: { available: 4n, needed: 5n },
    })
    ledger.balance = 101n
    clock.seconds += 1
    await expect(pay(buyer.header(aVoucher(101n)), 'hello')).resolves.toMatchObject({ replayed: false })
  })

  test('more than the exposure, over all lanes, until a lock covers its lane', async () => {
    const buyer = aBuyer()
    await pay(buyer.header(aVoucher(900n, { lane: 1n })), 'x'.repeat(600))
    const second = (maxCumulative: bigint) => buyer.header(aVoucher(maxCumulative, { lane: 2n }))
    await expect(pay(second(900n), 'x'.repeat(401))).rejects.toMatchObject({
      code: 'OVER_EXPOSURE',
      retry: true,
      figures: { available: 1_000n, needed: 1_001n },
    })
    ledger.locked = 401n
    clock.seconds += 1
    await expect(pay(second(901n), 'x'.repeat(401))).resolves.toMatchObject({ replayed: false })
  })

  test('a closed offer', async () => {
    ledger.open = false
    await expect(pay(aBuyer().header(aVoucher(100n)), 'hello')).rejects.toMatchObject({ code: 'OFFER_CLOSED' })
  })

  test('a request without the tensor that is priced, or that is no tensor list', async () => {
    const voucher = aBuyer().header(aVoucher(100n))
    const call = { voucher, answer: upperCase }
    await expect(acceptPayment(payments, { ...call, body: () => new Uint8Array(3) })).rejects.toMatchObject({
      code: 'INVALID_TENSOR',
    })
  })

  test('a body is not read for a voucher that is no good', async () => {
    const buyer = createBuyer(secp256k1, { chainId: CHAIN_ID, escrow: ESCROW })
    const body = () => {
      throw new Error('the body was read')
    }
    const call = { voucher: buyer.header(aVoucher(100n)), body, answer: upperCase }
    await expect(acceptPayment(payments, call)).rejects.toMatchObject({ code: 'WRONG_SIGNER' })
  })
})

describe('calls in flight', () => {
  test('one a lane; what they may cost counts against the exposure', async () => {
    const buyer = aBuyer()
    const gate = Promise.withResolvers<void>()
    const slowly = async (...parameters: Parameters<typeof upperCase>) => {
      await gate.promise
      return upperCase(...parameters)
    }
    const first = acceptPayment(payments, {
      voucher: buyer.header(aVoucher(900n)),
      body: () => aRequest('x'.repeat(900)),
      answer: slowly,
    })
    await new Promise((resolve) => setImmediate(resolve))
    await expect(pay(buyer.header(aVoucher(950n)), 'x')).rejects.toMatchObject({ code: 'LANE_BUSY', retry: true })
    await expect(pay(buyer.header(aVoucher(950n, { lane: 2n })), 'x'.repeat(101))).rejects.toMatchObject({
      code: 'OVER_EXPOSURE',
    })
    const underWay = aVoucher(900n)
    expect(() => fetchAnswer(payments, buyer.digest(underWay), buyer.header(underWay))).toThrow(
      expect.objectContaining({ code: 'LANE_BUSY' }),
    )
    gate.resolve()
    await first
    await expect(pay(buyer.header(aVoucher(901n)), 'x')).resolves.toMatchObject({ replayed: false })
  })

  test('a call that still waits for the chain, or for its body, is under way and not unknown', async () => {
    const buyer = aBuyer()
    const voucher = aVoucher(100n)
    const fetched = () => fetchAnswer(payments, buyer.digest(voucher), buyer.header(voucher))
    const busy = expect.objectContaining({ code: 'LANE_BUSY' })
    const body = Promise.withResolvers<Uint8Array>()
    const call = { voucher: buyer.header(voucher), body: () => body.promise, answer: upperCase }
    const calls = [acceptPayment(payments, call), acceptPayment(payments, call)]
    expect(fetched).toThrow(busy)
    await new Promise((resolve) => setImmediate(resolve))
    expect(fetched).toThrow(busy)
    body.resolve(aRequest('hello'))
    await Promise.allSettled(calls)
    expect(fetched()).toMatchObject({ replayed: true })
    expect(payments.underWay.size).toBe(0)
    const refused = aVoucher(101n)
    await expect(pay(buyer.header(refused), 'x'.repeat(101))).rejects.toMatchObject({ code: 'VOUCHER_TOO_LOW' })
    expect(() => fetchAnswer(payments, buyer.digest(refused), buyer.header(refused))).toThrow(
      expect.objectContaining({ code: 'VOUCHER_REFUSED' }),
    )
  })

  test('a model that fails charges nothing and frees lane and exposure', async () => {
    const buyer = aBuyer()
    const fail = () => Promise.reject(new Error('out of memory'))
    const call = { voucher: buyer.header(aVoucher(1_000n)), body: () => aRequest('x'.repeat(1_000)) }
    await expect(acceptPayment(payments, { ...call, answer: fail })).rejects.toThrow('out of memory')
    const next = { ...call, voucher: buyer.header(aVoucher(1_001n)), answer: upperCase }
    await expect(acceptPayment(payments, next)).resolves.toMatchObject({ replayed: false })
  })

  test('the same call twice at once is answered once', async () => {
    const buyer = aBuyer()
    const header = buyer.header(aVoucher(100n))
    const outcomes = await Promise.allSettled([pay(header, 'hello'), pay(header, 'hello')])
    expect(payments.store.findLane({ payer: PAYER, offerId: OFFER_ID, lane: 1n })?.charged).toBe(5n)
    expect(outcomes.some((o) => o.status === 'fulfilled')).toBe(true)
  })

  test('accounts are read once for all who wait', async () => {
    const buyer = aBuyer()
    const header = buyer.header(aVoucher(100n))
    await Promise.allSettled([pay(header, 'a'), pay(header, 'a'), pay(header, 'a')])
    expect(reads).toHaveLength(1)
    expect(reads[0]?.lanes.map(laneKey)).toEqual([laneKey(aVoucher(0n))])
  })
})

describe('a refusal is final', () => {
  const code = (name: string) => expect.objectContaining({ code: name })

  test('for its voucher, also when it comes again once it could be answered, and after a restart', async () => {
    const buyer = aBuyer()
    const refused = aVoucher(100n)
    ledger.withdrawal = ledger.balance
    await expect(pay(buyer.header(refused), 'hello')).rejects.toEqual(code('OVER_DEPOSIT'))
    ledger.withdrawal = 0n
    clock.seconds += 20
    await expect(pay(buyer.header(refused), 'hello')).rejects.toEqual(code('VOUCHER_REFUSED'))
    expect(() => fetchAnswer(payments, buyer.digest(refused), buyer.header(refused))).toThrow(code('VOUCHER_REFUSED'))
    payments.store.close()
    payments = await open()
    await expect(pay(buyer.header(refused), 'hello')).rejects.toEqual(code('VOUCHER_REFUSED'))
    await expect(pay(buyer.header(aVoucher(101n)), 'hello')).resolves.toMatchObject({ replayed: false })
  })

  test('of a call that came twice, only where no twin of it may still be answered', async () => {
    const buyer = aBuyer()
    const header = buyer.header(aVoucher(100n))
    const body = Promise.withResolvers<Uint8Array>()
    const slow = acceptPayment(payments, { voucher: header, body: () => body.promise, answer: upperCase })
    await new Promise((resolve) => setImmediate(resolve))
    // While the first is being read the offer closes, and opens again.
    ledger.open = false
    await expect(pay(header, 'hello')).rejects.toEqual(code('LANE_BUSY'))
    ledger.open = true
    body.resolve(aRequest('hello'))
    await expect(slow).resolves.toMatchObject({ replayed: false })
  })

  test('for a call that was being read while its twin was refused', async () => {
    const buyer = aBuyer()
    const header = buyer.header(aVoucher(100n))
    const body = Promise.withResolvers<Uint8Array>()
    const slow = acceptPayment(payments, { voucher: header, body: () => body.promise, answer: upperCase })
    await new Promise((resolve) => setImmediate(resolve))
    const written = payments.store.refuseVoucher(buyer.sign(aVoucher(100n)))
    body.resolve(aRequest('hello'))
    await expect(slow).rejects.toEqual(code('VOUCHER_REFUSED'))
    await written
    expect(payments.book.total()).toBe(0n)
  })

  test('and is none where it cannot be written down', async () => {
    const buyer = aBuyer()
    ledger.open = false
    payments.store.close()
    await expect(pay(buyer.header(aVoucher(100n)), 'hello')).rejects.not.toMatchObject({ wireCode: expect.anything() })
  })
})

describe('fetching an answer by its voucher', () => {
  test('brings it again, until the voucher is on the chain', async () => {
    const buyer = aBuyer()
    const voucher = aVoucher(100n)
    const { receipt } = await pay(buyer.header(voucher), 'hello')
    const fetched = fetchAnswer(payments, buyer.digest(voucher), buyer.header(voucher))
    expect(fetched.receipt).toEqual(receipt)
    const stored = payments.store.findLane({ payer: PAYER, offerId: OFFER_ID, lane: 1n })
    payments.store.publishVouchers(stored ? [stored.voucher.digest] : [])
    expect(() => fetchAnswer(payments, buyer.digest(voucher), buyer.header(voucher))).toThrow(
      expect.objectContaining({ code: 'VOUCHER_REPLAYED' }),
    )
    await expect(pay(buyer.header(voucher), 'hello')).resolves.toMatchObject({ replayed: true })
  })

  test('refuses a voucher that is unknown, another, or signed by somebody else', async () => {
    const buyer = aBuyer()
    const voucher = aVoucher(100n)
    await pay(buyer.header(voucher), 'hello')
    const other = aVoucher(200n)
    const attempt = (digest: Hex, header: string) => () => fetchAnswer(payments, digest, header)
    expect(attempt(buyer.digest(other), buyer.header(other))).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_ANSWER' }),
    )
    expect(attempt(buyer.digest(other), buyer.header(voucher))).toThrow(
      expect.objectContaining({ code: 'MALFORMED_MESSAGE' }),
    )
    const forged = buyer.header(voucher, new Uint8Array(32).fill(9))
    expect(attempt(buyer.digest(voucher), forged)).toThrow(expect.objectContaining({ code: 'WRONG_SIGNER' }))
  })
})

test('a store is one process’s', async () => {
  await expect(open()).rejects.toMatchObject({ code: 'STORE_IN_USE' })
})
