import type { Hex } from '@stoa/protocol'
import type { FoundPayment } from '@stoa/sdk'
import type { ChannelState } from '../chain/readPayer.ts'
import { PaymentRefusedError } from '../direct/errors.ts'
import type { NodeLogger } from '../events.ts'
import { type Payments, secondOf } from '../payments/payments.ts'
import type { DirectSale } from '../store/directTable.ts'
import { type LaneId, laneKey } from '../store/lane.ts'
import type { ProvisionalLane } from '../store/provisionalTable.ts'

export type Head = { number: bigint; hash: Hex }

export type FinalityParameters = {
  payments: Pick<Payments, 'store' | 'book' | 'views' | 'now'>
  /** Blocks on top of a settlement after which it is taken to stay. */
  depth: number
  head: () => Promise<Head>
  /** What the escrow says of lanes at a block. */
  channelsAt: (lanes: readonly LaneId[], block: bigint) => Promise<readonly ChannelState[]>
  direct?: {
    /** Block of a transaction that succeeded; undefined where the chain has none such. */
    blockOf: (hash: Hex) => Promise<bigint | undefined>
    /** What became of a payment, by the chain. */
    find: (sale: DirectSale) => Promise<FoundPayment>
    /** Has it submitted again. */
    settle: (sale: DirectSale) => Promise<unknown>
  }
  logger: NodeLogger
}

export type Finality = {
  /** Looks at what is not final yet, if the chain has moved. Never rejects. */
  check(): Promise<void>
}

/** Lanes and payments looked at in one go; more wait for the next block. */
const AT_ONCE = 500
const LANES_A_READ = 100
/** Blocks that the chain may be ahead of whoever just said what it has: endpoints are not of one mind. */
const MARGIN = 2n

/**
 * Holds what the store takes for settled against the chain until it is `depth` blocks old, and takes back what a reorganisation took back: the lane is owed again and claimed again with the
 * same voucher, a signed transfer is submitted again. What to look at is in the store, so it survives any end of the process.
 */
export function createFinality(parameters: FinalityParameters): Finality {
  const { payments, depth, direct, logger } = parameters
  const { store, book, views } = payments
  let seen: Hex | undefined
  let failed = false

  const lose = (lane: ProvisionalLane, settled: bigint) => {
    const before = store.findLane(lane)
    if (!before || before.settled <= settled) return store.settlementFinal(lane)
    store.settlementLost(lane, settled, secondOf(payments))
    const now = store.findLane(lane)
    if (now) book.set(now)
    views.forget(lane.payer)
    const { payer, offerId, lane: number } = lane
    logger({ event: 'settlement-reverted', payer, offerId, lane: number, lostWei: before.settled - settled })
  }
  const checkLanes = async (head: Head) => {
    const lanes = store.provisionalLanes(AT_ONCE)
    // Of what was only just taken over it is not known which block had it.
    for (const lane of lanes) if (lane.block === undefined) store.settlementSeen(lane, head.number + MARGIN)
    const old = lanes.filter(({ block }) => block !== undefined && block <= head.number)
    for (let at = 0; at < old.length; at += LANES_A_READ) {
      const some = old.slice(at, at + LANES_A_READ)
      const channels = await parameters.channelsAt(some, head.number)
      const settledOf = new Map(channels.map((channel) => [laneKey(channel), channel.settled]))
      const nowIn = new Map(store.provisionalLanes(AT_ONCE).map((lane) => [laneKey(lane), lane.block]))
      for (const lane of some) {
        // It was settled further while the chain was asked, in a block that the answer may not have: looked at again.
        if (nowIn.get(laneKey(lane)) !== lane.block) continue
        const settled = settledOf.get(laneKey(lane))
        if (settled === undefined) continue
        if (settled < (store.findLane(lane)?.settled ?? 0n)) lose(lane, settled)
        else if (head.number - (lane.block ?? head.number) >= depth) store.settlementFinal(lane)
      }
    }
  }
  const checkDirect = async (head: Head) => {
    if (!direct) return
    const byHash = Map.groupBy(store.provisionalDirect(AT_ONCE), ({ settledBy }) => settledBy)
    for (const [hash, sales] of byHash) {
      const block = hash && (await direct.blockOf(hash))
      if (hash && block !== undefined) {
        if (head.number - block >= depth) store.directFinal(hash)
      } else for (const sale of sales) await takeBack(direct, sale)
    }
  }
  const takeBack = async ({ find, settle }: NonNullable<FinalityParameters['direct']>, sale: DirectSale) => {
    const found = await find(sale)
    const { payer, nonce, offerId, amount: amountWei } = sale.payment
    if (found.state === 'paid') return store.settleDirect({ payer, nonce }, found.hash)
    if (sale.settledBy) {
      store.directLost({ payer, nonce })
      logger({ event: 'payment-reverted', payer, offerId, amountWei, state: found.state })
    }
    if (found.state !== 'unused') return store.directGivenUp({ payer, nonce })
    // It goes out with whatever waits; who asks for the answer again waits for it too. What this process does not live to see is found again in the store.
    settle({ ...sale, settledBy: undefined }).catch((error: unknown) => {
      if (error instanceof PaymentRefusedError) store.directGivenUp({ payer, nonce })
    })
  }

  return {
    async check() {
      try {
        const head = await parameters.head()
        if (head.hash === seen) return
        await checkLanes(head)
        await checkDirect(head)
        seen = head.hash
        failed = false
      } catch (error) {
        if (!failed) logger({ event: 'finality-unknown', error })
        failed = true
      }
    },
  }
}
