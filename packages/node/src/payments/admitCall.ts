import type { PayerView } from '../chain/payerViews.ts'
import { type LaneId, laneKey } from '../store/lane.ts'
import { LaneBusyError, OverDepositError, OverExposureError, VoucherTooLowError } from './errors.ts'
import { type Payments, secondOf } from './payments.ts'
import type { ReadVoucher } from './readVoucher.ts'

/** A call that is paid for and holds its lane until `completeCall` or `book.release`. `charged`: on the lane before this call. */
export type Admission = { lane: LaneId; charged: bigint }

/**
 * Admits a call that costs at most `charge` wei: checks lane, deposit and exposure, and reserves the charge, all in one tick, so that no other
 * call comes between. Throws LANE_BUSY, VOUCHER_TOO_LOW, OVER_DEPOSIT, OVER_EXPOSURE.
 */
export function admitCall(payments: Payments, read: ReadVoucher, charge: bigint, view: PayerView): Admission {
  const { book } = payments
  const { voucher, served } = read
  const lane: LaneId = { payer: voucher.payer, offerId: voucher.offerId, lane: voucher.lane }
  if (book.find(lane)?.reserved !== undefined) throw new LaneBusyError(lane)

  const position = lanePosition(payments, lane, view)
  const { charged, settled, voucherCumulative } = position
  const needed = max(voucherCumulative + 1n, charged + charge)
  if (voucher.maxCumulative < needed)
    throw new VoucherTooLowError(voucher.maxCumulative, needed, { chargedCumulative: charged, voucherCumulative })

  const owed = book.exposureWith(lane, charge, claimableLocks(payments, view))
  const free = max(view.balance - view.withdrawal, 0n)
  if (owed.payer > free) throw new OverDepositError(voucher.payer, free, owed.payer)
  if (owed.offer > served.offer.exposure) throw new OverExposureError(served.offerId, served.offer.exposure, owed.offer)

  book.reserve({ ...lane, charged, settled }, charge)
  return { lane, charged }
}

/**
 * Where the lane stands, by the store and by the chain. The chain is ahead where the store was lost; what was settled was charged,
 * and a voucher that settled has had its receipt.
 */
export function lanePosition({ store }: Pick<Payments, 'store'>, lane: LaneId, view: PayerView) {
  const stored = store.findLane(lane)
  const channel = view.channels.get(laneKey(lane))
  const settled = max(stored?.settled ?? 0n, channel?.settled ?? 0n)
  return {
    settled,
    charged: max(stored?.charged ?? 0n, settled),
    voucherCumulative: max(stored?.voucher.maxCumulative ?? 0n, channel?.ceiling ?? 0n),
  }
}

/** Locks that still hold when what is served now is settled. */
function claimableLocks(payments: Payments, view: PayerView) {
  const end = secondOf(payments) + payments.terms.intervalSeconds
  const locks = [...view.channels.values()].filter(({ locked, lockedUntil }) => locked > 0n && lockedUntil > end)
  return locks.map(({ payer, offerId, lane, locked }) => ({ payer, offerId, lane, amount: locked }))
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
