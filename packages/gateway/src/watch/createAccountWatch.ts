import type { Address } from '@stoa/protocol'
import type { GetChannelReturnType } from '@stoa/sdk'
import { InsufficientDepositError, KeyNotRegisteredError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Chain } from '../market/chain.ts'
import type { Lane } from '../payment/lane.ts'
import type { LaneBook } from '../payment/openLaneBook.ts'
import { CLOCKS_APART } from '../payment/voucherSeconds.ts'
import type { ReceiptTable } from '../store/receiptTable.ts'
import { findOvercharge, type Overcharge } from './findOvercharge.ts'

/** The payer's account as the chain last had it. Amounts in wei. */
export type AccountView = {
  balance: bigint
  /** Announced to leave. */
  withdrawalAmount: bigint
  /** Unix second until which the session key's vouchers are honoured; 0 if never. */
  keyValidUntil: number
  /** Milliseconds since 1970. */
  readAt: number
}

/** Watches the deposit and what is settled from it. */
export type AccountWatch = {
  /** Reads account and channels now; calls meanwhile share one reading. Rejects when the chain can't be read; the last view stays. */
  refresh(): Promise<void>
  view(): AccountView | undefined
  /** Wei that this gateway can still promise: the deposit, less announced withdrawals, less what it owes unsettled. */
  available(): bigint
  /**
   * Throws `InsufficientDepositError` or `KeyNotRegisteredError` when a call of `charge` wei would be refused, after a second look at the
   * chain; `ChainUnavailableError` when the account was never read.
   */
  cover(charge: bigint): Promise<void>
  overcharged(): Overcharge[]
}

export type CreateAccountWatchParameters = {
  chain: Pick<Chain, 'account' | 'keyValidUntil' | 'channel'>
  lanes: Pick<LaneBook, 'lanes'>
  receipts: Pick<ReceiptTable, 'get'>
  payer: Address
  escrow: Address
  /** Address of the session key. */
  key: Address
  now: () => number
  logger: Logger
}

/** A refusal for want of money is checked against the chain, but not more often than this. */
const SECOND_LOOK_MS = 500

export function createAccountWatch(parameters: CreateAccountWatchParameters): AccountWatch {
  const { chain, lanes, receipts, payer, escrow, key, now, logger } = parameters
  const channels = new Map<Lane, GetChannelReturnType>()
  const overcharges = new Map<Lane, Overcharge>()
  /** Retired lanes that were read when nothing signed on them could be settled any more. */
  const over = new WeakSet<Lane>()
  let view: AccountView | undefined
  let reading: Promise<void> | undefined

  const read = async () => {
    try {
      // The account first: what is settled in between then counts as available, and the seller decides, rather than as missing.
      const [{ balance, withdrawalAmount }, keyValidUntil] = await Promise.all([
        chain.account(),
        chain.keyValidUntil(key),
      ])
      await Promise.all([...lanes.lanes()].filter(mayMove).map(readChannel))
      view = { balance, withdrawalAmount, keyValidUntil, readAt: now() }
    } finally {
      reading = undefined
    }
  }
  const readChannel = async (lane: Lane) => {
    const before = { ...lane }
    const isOver = lane.status === 'retired' && isPast(lane)
    const channel = await chain.channel(lane.offerId, lane.lane)
    channels.set(lane, channel)
    if (isOver) over.add(lane)
    // A lane that is open, or was used while we read, has vouchers later than the receipt that we would accuse with.
    const isQuiet = lane.status !== 'open' && lane.signed === before.signed && lane.charged === before.charged
    const found = isQuiet ? findOvercharge(lane, channel, receipts.get) : undefined
    if (!found || overcharges.has(lane)) return
    overcharges.set(lane, found)
    logger({ type: 'overcharged', offerId: lane.offerId, lane: lane.lane, receipt: found.receiptDigest })
  }
  /** By the chain's clock too, however far it is apart from ours. */
  const isPast = ({ signedUntil }: Lane) => signedUntil !== undefined && now() / 1000 > signedUntil + CLOCKS_APART
  /** Lanes whose channel can still change: something signed on them is not settled. */
  const mayMove = (lane: Lane) => !over.has(lane) && lane.signed > (channels.get(lane)?.settled ?? -1n)
  const refresh = () => {
    reading ??= read()
    return reading
  }
  const owed = (): bigint => {
    let sum = 0n
    for (const lane of lanes.lanes()) {
      if (over.has(lane)) continue
      const { settled = 0n, locked = 0n } = channels.get(lane) ?? {}
      // A free lane's refused voucher is outbid by its next one; an open or a retired lane's may still be settled.
      const reach = lane.status === 'free' ? lane.charged : lane.signed
      if (reach > settled + locked) sum += reach - settled - locked
    }
    return sum
  }
  const available = (): bigint => {
    if (!view) return 0n
    const left = view.balance - view.withdrawalAmount - owed()
    return left > 0n ? left : 0n
  }
  const isKeyGood = () => view !== undefined && view.keyValidUntil * 1000 > now()
  const covers = (charge: bigint) => isKeyGood() && available() >= charge

  return {
    refresh,
    view: () => view,
    available,
    async cover(charge) {
      if (covers(charge)) return
      if (!view) await refresh()
      else if (now() - view.readAt > SECOND_LOOK_MS) await refresh().catch(() => {})
      if (!isKeyGood()) throw new KeyNotRegisteredError({ key, payer, escrow })
      if (!covers(charge)) throw new InsufficientDepositError({ available: available(), needed: charge, payer, escrow })
    },
    overcharged: () => [...overcharges.values()],
  }
}
