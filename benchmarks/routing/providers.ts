import type { Asked } from '@stoa/gateway/routing'
import { bytesToHex, type Hex, type Load } from '@stoa/protocol'
import type { Random } from '../ocr/random.ts'
import type { Simulator } from './simulator.ts'

/** What the market is like; times in milliseconds. */
const PROVIDERS = 50
/** A call counts this many units. */
export const UNITS = 1_000n
const TAIL_SHARE = 0.04
/** Of the Pareto distribution: below 2 its variance is infinite. */
const TAIL_SHAPE = 1.2
const LONGEST = 30_000
/** When a gateway gives up. */
const SILENCE = 10_000
const BETWEEN_OUTAGES = 600_000
const OUTAGE = 45_000
const BETWEEN_PRICES = 120_000

/** A made-up seller: its queue, its moods and its price. */
export type SimulatedProvider = {
  offerId: Hex
  address: Hex
  /** Wei per 1,000,000 units, now. */
  price(): bigint
  load(): Load
  /** Answers a call, or does not; `charged` tells whether it takes its price. */
  ask(): Promise<Asked<true> & { charged: boolean }>
  /** Calls a second that it could answer without a pause. */
  perSecond: number
}

/** Fifty sellers: median times from 40 to 640 ms with heavy tails, one to eight calls at once, up to 5 % failures, outages, prices that change. */
export function openProviders(time: Simulator, random: Random, until: number): SimulatedProvider[] {
  return Array.from({ length: PROVIDERS }, (_, i) => openProvider(time, random, until, i + 1))
}

function openProvider(time: Simulator, random: Random, until: number, id: number): SimulatedProvider {
  const median = 40 * 16 ** random.next()
  const capacity = random.pick([1, 2, 4, 8])
  const failing = 0.05 * random.next() ** 2
  // Who is fast asks more, more or less.
  let price = Math.round((400_000 * 4 ** random.next() * 200) / median ** 0.75)
  let [queued, busy] = [0, 0]
  let down: 'no' | 'unreachable' | 'silent' = 'no'
  const waiting: (() => void)[] = []
  const exponential = (mean: number) => -mean * Math.log(1 - random.next())

  const changePrices = async () => {
    for (;;) {
      const pause = exponential(BETWEEN_PRICES)
      if (time.now() + pause > until) return
      await time.wait(pause)
      price = Math.max(Math.round(price * 2 ** random.between(-1, 1)), 1_000)
    }
  }
  const goDown = async () => {
    for (;;) {
      const pause = exponential(BETWEEN_OUTAGES)
      if (time.now() + pause > until) return
      await time.wait(pause)
      down = random.next() < 0.2 ? 'silent' : 'unreachable'
      await time.wait(exponential(OUTAGE))
      down = 'no'
    }
  }
  void changePrices()
  void goDown()

  const serve = async (): Promise<void> => {
    queued++
    if (busy >= capacity) await new Promise<void>((resolve) => waiting.push(resolve))
    busy++
    const usual = median * Math.exp(0.3 * random.normal())
    const isSlow = random.next() < TAIL_SHARE
    await time.wait(Math.min(isSlow ? usual * (1 - random.next()) ** (-1 / TAIL_SHAPE) * 4 : usual, LONGEST))
    busy--
    queued--
    waiting.shift()?.()
  }
  return {
    offerId: bytesToHex(Uint8Array.from({ length: 32 }, () => id)),
    address: bytesToHex(Uint8Array.from({ length: 20 }, () => id)),
    price: () => BigInt(price),
    load: () => ({ capacity, queued }),
    perSecond: (1000 * capacity) / median,
    async ask() {
      if (down === 'unreachable') {
        await time.wait(2)
        return { kind: 'unsent', charged: false }
      }
      if (down === 'silent') {
        await time.wait(SILENCE)
        return { kind: 'spent', charged: false }
      }
      if (queued >= 32 || random.next() < failing) {
        await time.wait(5)
        return { kind: 'refused', charged: false }
      }
      const served = serve().then(() => 'served' as const)
      const outcome = await Promise.race([served, time.wait(SILENCE).then(() => 'late' as const)])
      // An answer that comes too late is found by its voucher, and paid.
      return outcome === 'served' ? { kind: 'answered', result: true, charged: true } : { kind: 'spent', charged: true }
    },
  }
}
