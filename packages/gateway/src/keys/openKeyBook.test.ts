import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Call } from '../payment/lane.ts'
import { openLaneBook } from '../payment/openLaneBook.ts'
import { openStore } from '../store/openStore.ts'
import type { BudgetAlert } from './key.ts'
import { openKeyBook } from './openKeyBook.ts'

const PAYER = `0x${'aa'.repeat(20)}` as const
const OFFERS = [`0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`] as const
const DAY = 86_400_000

let folder: string
let time: number
let alerts: BudgetAlert[]
const close: (() => void)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-keys-'))
  time = 20_000 * DAY
  alerts = []
})
afterEach(() => {
  for (const each of close.splice(0)) each()
  rmSync(folder, { recursive: true })
})

/** Lanes and keys over one store, as a gateway opens them; signatures don't matter here. */
function open(at = folder) {
  const store = openStore({ folder: at, durability: 'normal', owner: 'test' })
  const keys = openKeyBook({ store, now: () => time, onAlert: (alert) => alerts.push(alert) })
  const sign = (voucher: object) => ({ ...voucher, chainId: 1, escrow: PAYER, signature: new Uint8Array(64) }) as never
  const lanes = openLaneBook({ store, lanesPerOffer: 1_000, sign, payer: PAYER, now: () => time, purse: keys })
  const shut = () => store.close()
  return { keys, lanes, shut }
}

/** Opened until the test ends. */
function opened() {
  const book = open()
  close.push(book.shut)
  return book
}

const voucherFor = (key: string, ceiling: bigint, offerId: (typeof OFFERS)[number] = OFFERS[0]) => ({
  ...{ offerId, ceiling, key, requestDigest: OFFERS[0], units: { least: 1n, most: 1n }, validUntil: 2_000_000_000 },
})

const answer = (lanes: ReturnType<typeof open>['lanes'], call: Call, wei: bigint) =>
  lanes.answered(call, { digest: OFFERS[1], chargedCumulative: call.charged + wei }, () => {})

describe('a key', () => {
  it('is shown once, found by what the caller shows, and not after it is revoked', () => {
    const { keys } = opened()
    const { secret, key } = keys.create({ name: 'app', alertAt: [] })
    expect(secret).toMatch(/^stoa_[\w-]{43}$/)
    expect(keys.find(secret)?.id).toBe(key.id)
    expect(keys.find(`${secret}x`)).toBeUndefined()
    keys.revoke(key.id)
    expect(keys.find(secret)).toBeUndefined()
    expect(() => keys.revoke('key_none')).toThrow('There is no key key_none')
  })

  it('is there after a restart, with what it spent and what is still held', () => {
    const first = open()
    const { secret, key } = first.keys.create({
      ...{ name: 'app', perDay: 100n, alertAt: [50], rules: { sort: 'price' as const } },
    })
    answer(first.lanes, first.lanes.open(voucherFor(key.id, 40n)), 30n)
    first.lanes.open(voucherFor(key.id, 20n))
    const before = first.keys.standing(key.id)
    first.shut()
    const { keys, lanes } = opened()
    expect(keys.standing(key.id)).toEqual(before)
    expect(keys.find(secret)?.rules).toEqual({ sort: 'price' })
    expect(before).toMatchObject({ spentTotal: 30n, spentToday: 30n, held: 20n, leftToday: 50n })
    // The lost call turns out to have cost 15.
    const [doubt] = lanes.doubts()
    if (!doubt) throw new Error('a call in doubt is needed')
    lanes.take(doubt)
    answer(lanes, doubt, 15n)
    expect(keys.standing(key.id)).toMatchObject({ spentTotal: 45n, held: 0n, leftToday: 55n })
  })
})

describe('budgets', () => {
  it('refuse before anything is signed, and tell which of them and what is left', () => {
    const { keys, lanes } = opened()
    const { key } = keys.create({ name: 'app', perCall: 50n, perDay: 60n, total: 70n, alertAt: [] })
    expect(() => lanes.open(voucherFor(key.id, 51n))).toThrow(
      'The key may spend 50 wei for a call, and this call needs 51.',
    )
    lanes.open(voucherFor(key.id, 50n))
    expect(() => lanes.open(voucherFor(key.id, 11n))).toThrow('The key may spend 10 wei more today')
    time += DAY
    expect(() => lanes.open(voucherFor(key.id, 21n))).toThrow('The key may spend 20 wei more, and')
    expect([...lanes.lanes()]).toHaveLength(1)
  })

  it('count what was refused as nothing, and what can never be known as all of it', () => {
    const { keys, lanes } = opened()
    const { key } = keys.create({ name: 'app', total: 100n, alertAt: [] })
    lanes.refused(lanes.open(voucherFor(key.id, 40n)))
    expect(keys.standing(key.id)).toMatchObject({ spentTotal: 0n, held: 0n })
    lanes.retire(lanes.open(voucherFor(key.id, 40n)))
    expect(keys.standing(key.id)).toMatchObject({ spentTotal: 40n, held: 0n, leftTotal: 60n })
  })

  it('count a call on the day of its voucher', () => {
    const { keys, lanes } = opened()
    const { key } = keys.create({ name: 'app', perDay: 100n, alertAt: [] })
    const call = lanes.open(voucherFor(key.id, 90n))
    time += DAY
    answer(lanes, call, 80n)
    expect(keys.standing(key.id)).toMatchObject({ spentToday: 0n, leftToday: 100n, days: [{ spent: 80n }] })
  })

  it('alert once at each percentage, of several the highest, and anew on the next day', () => {
    const { keys, lanes } = opened()
    const { key } = keys.create({ name: 'app', perDay: 100n, total: 1_000n, alertAt: [50, 80, 100] })
    for (const wei of [49n, 1n, 40n, 5n, 5n]) answer(lanes, lanes.open(voucherFor(key.id, wei)), wei)
    expect(alerts.map(({ budget, percent, spent }) => [budget, percent, spent])).toEqual([
      ['per_day', 50, 50n],
      ['per_day', 80, 90n],
      ['per_day', 100, 100n],
    ])
    time += DAY
    answer(lanes, lanes.open(voucherFor(key.id, 60n)), 60n)
    expect(alerts.at(-1)).toMatchObject({ budget: 'per_day', percent: 50, spent: 60n })
  })
})

type Step =
  | { do: 'open'; key: number; offer: number; ceiling: bigint }
  | { do: 'end'; call: number; how: 'answered' | 'refused' | 'retire'; share: number }
  | { do: 'wait' }
  | { do: 'restart' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ do: fc.constant('open'), key: fc.nat(1), offer: fc.nat(1) },
      ceiling: fc.bigInt({ min: 0n, max: 60n }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ do: fc.constant('end'), call: fc.nat(20), share: fc.integer({ min: 0, max: 100 }) },
      how: fc.constantFrom('answered', 'refused', 'retire'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
)

it('whatever is open at once and in whatever order it ends: no budget is overdrawn, and what was spent is what was charged, to the wei', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const own = mkdtempSync(join(tmpdir(), 'stoa-keys-'))
      let book = open(own)
      const limits = { perCall: 40n, perDay: 90n, total: 200n }
      const ids = [0, 1].map((n) => book.keys.create({ name: `k${n}`, ...limits, alertAt: [50, 100] }).key.id)
      const cost = new Map(ids.map((id) => [id, new Map<number, bigint>()]))
      let calls: { key: string; call: Call; ceiling: bigint; day: number }[] = []
      const today = () => Math.floor(time / DAY)
      for (const step of steps) {
        if (step.do === 'wait') time += DAY
        if (step.do === 'restart') {
          book.shut()
          book = open(own)
          const doubts = book.lanes.doubts()
          calls = calls.map((each) => {
            const call = doubts.find(({ offerId, lane }) => offerId === each.call.offerId && lane === each.call.lane)
            if (!call || !book.lanes.take(call)) throw new Error('an open call is gone')
            return { ...each, call }
          })
        }
        if (step.do === 'open') {
          const key = ids[step.key] ?? ''
          const offer = OFFERS[step.offer] ?? OFFERS[0]
          const spent = [...(cost.get(key)?.values() ?? [])].reduce((sum, wei) => sum + wei, 0n)
          const held = (day?: number) =>
            calls
              .filter((c) => c.key === key && (day === undefined || c.day === day))
              .reduce((s, c) => s + c.ceiling, 0n)
          const ofDay = (cost.get(key)?.get(today()) ?? 0n) + held(today()) + step.ceiling
          const fits =
            step.ceiling <= limits.perCall && ofDay <= limits.perDay && spent + held() + step.ceiling <= limits.total
          if (!fits) expect(() => book.lanes.open(voucherFor(key, step.ceiling, offer))).toThrow('The key may spend')
          else {
            const call = book.lanes.open(voucherFor(key, step.ceiling, offer))
            calls.push({ key, call, ceiling: step.ceiling, day: today() })
          }
        }
        if (step.do === 'end') {
          const each = calls[step.call % Math.max(calls.length, 1)]
          if (!each) continue
          calls = calls.filter((other) => other !== each)
          const charged = (each.ceiling * BigInt(step.share)) / 100n
          if (step.how === 'answered') answer(book.lanes, each.call, charged)
          else book.lanes[step.how](each.call)
          const wei = { answered: charged, refused: 0n, retire: each.ceiling }[step.how]
          const days = cost.get(each.key)
          days?.set(each.day, (days.get(each.day) ?? 0n) + wei)
        }
        for (const id of ids) {
          const { spentTotal, spentToday, held } = book.keys.standing(id)
          expect(spentTotal).toBe([...(cost.get(id)?.values() ?? [])].reduce((sum, wei) => sum + wei, 0n))
          expect(spentToday).toBe(cost.get(id)?.get(today()) ?? 0n)
          expect(held).toBe(calls.filter(({ key }) => key === id).reduce((sum, { ceiling }) => sum + ceiling, 0n))
          expect(spentTotal + held <= limits.total).toBe(true)
        }
      }
      book.shut()
      rmSync(own, { recursive: true })
    }),
    { numRuns: 60 },
  )
})
