import type { Hex } from '@stoa/protocol'
import type { GetChannelReturnType } from '@stoa/sdk'
import type { Lane } from '../payment/lane.ts'
import type { KeptReceipt } from '../store/receiptTable.ts'

/**
 * A lane on which more was settled than its last receipt says, with no voucher later than that receipt's: the receipt alone convicts the
 * seller. Whoever has an account on the chain proves it with `proveOvercharge`. Amounts in wei.
 */
export type Overcharge = { offerId: Hex; lane: bigint; settled: bigint; charged: bigint; receiptDigest: Hex }

/** Whether the channel, read when the lane stood as given or later, convicts the seller (specs/receipt.md, "Overcharge"). */
export function findOvercharge(
  { offerId, lane, charged, lastReceipt }: Pick<Lane, 'offerId' | 'lane' | 'charged' | 'lastReceipt'>,
  { settled, ceiling }: Pick<GetChannelReturnType, 'settled' | 'ceiling'>,
  receiptOf: (digest: Hex) => KeptReceipt | undefined,
): Overcharge | undefined {
  if (settled <= charged || lastReceipt === undefined) return undefined
  const kept = receiptOf(lastReceipt)
  if (!kept || ceiling > kept.receipt.voucherCumulative) return undefined
  return { offerId, lane, settled, charged, receiptDigest: lastReceipt }
}
