import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address, Hex, SignedReceipt } from '@stoa/protocol'
import { nativeSecp256k1, type Secp256k1 } from '@stoa/protocol/secp256k1'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anOffer, aRequest, CHAIN_ID, createBuyer, ESCROW, PROVIDER_REGISTRY } from '../testing/market.ts'
import { acceptPayment } from './acceptPayment.ts'
import { openPayments } from './openPayments.ts'
import type { Payments } from './payments.ts'

const PAYER: Address = `0x${'aa'.repeat(20)}`
const OFFERS: readonly Hex[] = [`0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`]
const EXPOSURE = 60n
const NOW = 1_800_000_000
const LANES = 3

/** `refused`: what vouchers reached with which a call was refused. */
type Lane = { charged: bigint; settled: bigint; voucher: bigint; receipts: SignedReceipt[]; refused: Set<bigint> }
type Step =
  | { do: 'call'; lane: number; bytes: number; above: number; fails: boolean }
  | { do: 'replay'; lane: number; sameRequest: boolean }
  | { do: 'again'; lane: number; which: number }
  | { do: 'settle'; lane: number; percent: number; seen: boolean }
  | { do: 'deposit'; wei: number }
  | { do: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('call'),
      lane: fc.nat(2 * LANES - 1),
      bytes: fc.nat(40),
      above: fc.integer({ min: -5, max: 60 }),
      fails: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('replay'), lane: fc.nat(2 * LANES - 1), sameRequest: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('again'), lane: fc.nat(2 * LANES - 1), which: fc.nat(40) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('settle'),
      lane: fc.nat(2 * LANES - 1),
      percent: fc.nat(100),
      seen: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deposit'), wei: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
)

/** The ledger, and what the node must hold by its specification. The clock moves a second with every step. */
type Ledger = {
  folder: string
  secp256k1: Secp256k1
  buyer: ReturnType<typeof createBuyer>
  balance: bigint
  lanes: Lane[]
  seconds: number
}

type World = Ledger & { payments: Payments }

const idOf = (lane: number) => ({
  payer: PAYER,
  offerId: OFFERS[lane % OFFERS.length] ?? '0x',
  lane: BigInt(Math.floor(lane / OFFERS.length)),
})
const owedOn = (lane: Lane) => lane.charged - lane.settled
const textOf = (lane: number, call: number, bytes: number) => `${lane}.${call}.`.padEnd(bytes, 'x').slice(0, bytes)

function openWorld(world: Ledger): Promise<Payments> {
  return openPayments({
    folder: world.folder,
    durability: 'normal',
    chainId: CHAIN_ID,
    escrow: ESCROW,
    providerRegistry: PROVIDER_REGISTRY,
    offers: OFFERS.map((offerId) => ({ offerId, offer: anOffer({ exposure: EXPOSURE }), weightsDigest: offerId })),
    terms: { intervalSeconds: 600, maxVoucherValidity: 86_400 },
    signerKey: new Uint8Array(32).fill(7),
    refreshSeconds: 1_000_000,
    staleSeconds: 1_000_000,
    now: () => world.seconds * 1000,
    isOpen: async () => true,
    readPayer: async ({ keys, lanes }) => ({
      balance: world.balance,
      withdrawal: 0n,
      keys: keys.map((key) => ({ key, validUntil: key === world.buyer.key ? NOW * 2 : 0 })),
      channels: lanes.map((id) => {
        const index = world.lanes.findIndex((_, i) => idOf(i).offerId === id.offerId && idOf(i).lane === id.lane)
        return { ...id, settled: world.lanes[index]?.settled ?? 0n, ceiling: 0n, locked: 0n, lockedUntil: 0 }
      }),
    }),
  })
}

async function call(world: World, step: Extract<Step, { do: 'call' }>): Promise<void> {
  const lane = world.lanes[step.lane]
  if (!lane) return
  // A wei a byte, and a wei for none.
  const charge = BigInt(Math.max(step.bytes, 1))
  const maxCumulative = lane.charged + charge + BigInt(step.above)
  if (maxCumulative < 0n) return
  const text = textOf(step.lane, lane.receipts.length, step.bytes)
  const owed = world.lanes.reduce((sum, each) => sum + owedOn(each), 0n) + charge
  const owedHere = world.lanes.reduce(
    (sum, each, i) => (idOf(i).offerId === idOf(step.lane).offerId ? sum + owedOn(each) : sum),
    charge,
  )
  const refusal = () => {
    if (lane.receipts.some(({ voucherCumulative }) => voucherCumulative === maxCumulative)) return 'VOUCHER_REPLAYED'
    if (lane.refused.has(maxCumulative)) return 'VOUCHER_REFUSED'
    if (maxCumulative <= lane.voucher || maxCumulative < lane.charged + charge) return 'VOUCHER_TOO_LOW'
    if (owed > world.balance) return 'OVER_DEPOSIT'
    if (owedHere > EXPOSURE) return 'OVER_EXPOSURE'
    return step.fails ? 'the model failed' : undefined
  }
  const expected = refusal()
  const attempt = acceptPayment(world.payments, {
    voucher: world.buyer.header({ ...idOf(step.lane), maxCumulative, validUntil: NOW + 80_000 }),
    body: () => aRequest(text),
    answer: (_, request) => {
      if (step.fails) throw new Error('the model failed')
      return request
    },
  })
  if (expected) {
    const error = await attempt.then(
      () => new Error('it was answered'),
      (reason: unknown) => reason,
    )
    const { code, message } = error as { code?: string; message: string }
    expect(code ?? message).toBe(expected)
    if (expected !== 'VOUCHER_REPLAYED') lane.refused.add(maxCumulative)
    return
  }
  const { receipt, replayed } = await attempt
  expect(replayed).toBe(false)
  lane.charged += charge
  lane.voucher = maxCumulative
  lane.receipts.push(receipt)
  expect(receipt).toMatchObject({ charge, chargedCumulative: lane.charged, voucherCumulative: maxCumulative })
}

/** A call that was refused comes again, whatever it could be now. */
async function again(world: World, { lane: index, which }: Extract<Step, { do: 'again' }>): Promise<void> {
  const refused = [...(world.lanes[index]?.refused ?? [])]
  const maxCumulative = refused[which % refused.length]
  if (maxCumulative === undefined) return
  const attempt = acceptPayment(world.payments, {
    voucher: world.buyer.header({ ...idOf(index), maxCumulative, validUntil: NOW + 80_000 }),
    body: () => aRequest(''),
    answer: (_, request) => request,
  })
  await expect(attempt).rejects.toMatchObject({ code: 'VOUCHER_REFUSED' })
}

async function replay(world: World, { lane: index, sameRequest }: Extract<Step, { do: 'replay' }>): Promise<void> {
  const lane = world.lanes[index]
  const at = (lane?.receipts.length ?? 0) - 1
  const receipt = lane?.receipts[at]
  if (!receipt || receipt.units === 0n) return
  const text = textOf(index, at, Number(receipt.units))
  const attempt = acceptPayment(world.payments, {
    voucher: world.buyer.header({ ...idOf(index), maxCumulative: receipt.voucherCumulative, validUntil: NOW + 80_000 }),
    body: () => aRequest(sameRequest ? text : `${text}!`),
    answer: () => {
      throw new Error('answered twice')
    },
  })
  if (sameRequest) expect(await attempt).toMatchObject({ replayed: true, receipt: { ...receipt } })
  else await expect(attempt).rejects.toMatchObject({ code: 'VOUCHER_REPLAYED' })
}

/** The chain settles a part of what a lane owes; the node may see it confirmed, or only find it on the chain later. */
async function settle(world: World, { lane: index, percent, seen }: Extract<Step, { do: 'settle' }>): Promise<void> {
  const lane = world.lanes[index]
  const paid = lane ? (owedOn(lane) * BigInt(percent)) / 100n : 0n
  if (!lane || paid === 0n) return
  lane.settled += paid
  world.balance -= paid
  const id = idOf(index)
  if (seen) world.payments.store.recordSettled(id, lane.settled)
  if (seen) world.payments.book.set({ ...id, charged: lane.charged, settled: lane.settled })
  world.payments.views.forget(PAYER)
  if (seen) return
  const query = { ...id, key: world.buyer.key }
  await world.payments.views.ensure(query)
}

async function restart(world: World): Promise<void> {
  const before = world.payments.store.unsettledLanes()
  world.payments.store.close()
  world.payments = await openWorld(world)
  expect(world.payments.store.unsettledLanes()).toEqual(before)
}

function checkInvariants(world: World): void {
  const { store, book } = world.payments
  for (const [i, lane] of world.lanes.entries()) {
    const stored = store.findLane(idOf(i))
    // The sum of a lane's receipts is what it was charged, and no receipt exceeds its voucher.
    expect(lane.receipts.reduce((sum, receipt) => sum + receipt.charge, 0n)).toBe(lane.charged)
    for (const receipt of lane.receipts) expect(receipt.chargedCumulative <= receipt.voucherCumulative).toBe(true)
    expect(stored?.charged ?? 0n).toBe(lane.charged)
    expect(stored?.settled ?? 0n).toBe(lane.settled)
    expect(stored?.unsettledSince !== undefined).toBe(owedOn(lane) > 0n)
    // Nothing stays reserved.
    expect(book.find(idOf(i))?.reserved).toBeUndefined()
    const owed = book.exposureWith(idOf(i), 0n, [])
    expect(owed.payer).toBe(world.lanes.reduce((sum, each) => sum + owedOn(each), 0n))
    expect(owed.offer <= EXPOSURE).toBe(true)
  }
}

test('whatever happens in whatever order, receipts, debts and vouchers agree with the specification', async () => {
  const secp256k1 = await nativeSecp256k1()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const folder = mkdtempSync(join(tmpdir(), 'stoa-node-'))
      const empty = {
        folder,
        secp256k1,
        buyer: createBuyer(secp256k1, { chainId: CHAIN_ID, escrow: ESCROW }),
        balance: 100n,
        seconds: NOW,
      }
      const lanes = Array.from(
        { length: 2 * LANES },
        (): Lane => ({ charged: 0n, settled: 0n, voucher: 0n, receipts: [], refused: new Set() }),
      )
      const ledger: Ledger = { ...empty, lanes }
      const world: World = Object.assign(ledger, { payments: await openWorld(ledger) })
      try {
        for (const each of steps) {
          world.seconds++
          if (each.do === 'call') await call(world, each)
          if (each.do === 'replay') await replay(world, each)
          if (each.do === 'again') await again(world, each)
          if (each.do === 'settle') await settle(world, each)
          if (each.do === 'deposit') world.balance += BigInt(each.wei)
          if (each.do === 'restart') await restart(world)
          checkInvariants(world)
        }
      } finally {
        world.payments.store.close()
        rmSync(folder, { recursive: true })
      }
    }),
    { numRuns: 60 },
  )
})

test('calls at the same time never take more than deposit and exposure together allow', async () => {
  const secp256k1 = await nativeSecp256k1()
  const calls = fc.array(
    fc.record({
      lane: fc.nat(2 * LANES - 1),
      bytes: fc.nat(40),
      above: fc.nat(60),
      ticks: fc.nat(5),
      fails: fc.boolean(),
    }),
    { minLength: 2, maxLength: 30 },
  )
  await fc.assert(
    fc.asyncProperty(calls, fc.nat(150), async (calls, balance) => {
      const folder = mkdtempSync(join(tmpdir(), 'stoa-node-'))
      const buyer = createBuyer(secp256k1, { chainId: CHAIN_ID, escrow: ESCROW })
      const ledger: Ledger = { folder, secp256k1, buyer, lanes: [], balance: BigInt(balance), seconds: NOW }
      const payments = await openWorld(ledger)
      const outcomes = await Promise.allSettled(
        calls.map(async ({ lane, bytes, above, ticks, fails }, i) => {
          const voucher = { ...idOf(lane), maxCumulative: BigInt(bytes + above), validUntil: NOW + 80_000 }
          return acceptPayment(payments, {
            voucher: buyer.header(voucher),
            body: () => aRequest(textOf(lane, i, bytes)),
            answer: async (_, request) => {
              for (let tick = 0; tick < ticks; tick++) await new Promise((resolve) => setImmediate(resolve))
              if (fails) throw new Error('the model failed')
              return request
            },
          })
        }),
      )
      const receipts = outcomes.flatMap((o) => (o.status === 'fulfilled' ? [o.value] : [])).map((o) => o.receipt)
      const charged = receipts.reduce((sum, receipt) => sum + receipt.charge, 0n)
      expect(charged <= BigInt(balance)).toBe(true)
      for (const offerId of OFFERS) {
        const under = receipts.filter((receipt) => receipt.offerId === offerId)
        expect(under.reduce((sum, receipt) => sum + receipt.charge, 0n) <= EXPOSURE).toBe(true)
      }
      const lanes = payments.store.unsettledLanes()
      expect(lanes.reduce((sum, lane) => sum + lane.charged, 0n)).toBe(charged)
      expect(new Set(receipts.map((r) => `${r.offerId}:${r.lane}:${r.voucherCumulative}`)).size).toBe(receipts.length)
      payments.store.close()
      rmSync(folder, { recursive: true })
    }),
    { numRuns: 60 },
  )
})
