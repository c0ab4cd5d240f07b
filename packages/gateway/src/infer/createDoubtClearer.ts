import { bytesToHex } from '@stoa/protocol'
import type { Logger } from '../logger.ts'
import type { Call } from '../payment/lane.ts'
import type { LaneBook } from '../payment/openLaneBook.ts'
import type { VoucherSigner } from '../payment/voucherSigner.ts'
import type { ProviderClient } from '../provider/createProviderClient.ts'
import { acceptAnswer } from './attempt.ts'
import type { Judge } from './createJudge.ts'
import type { SaleFinder } from './createSaleFinder.ts'
import type { Sale } from './sale.ts'

export type CreateDoubtClearerParameters = {
  lanes: LaneBook
  signer: Pick<VoucherSigner, 'digest'>
  providers: Pick<ProviderClient, 'recover'>
  judge: Judge
  saleOf: SaleFinder
  /** Milliseconds after which "no such answer" is believed: before, the call may still have been on its way. */
  settleDoubt: number
  now: () => number
  logger: Logger
}

/** Asks once for the answer of each call in doubt, and closes those that it learns about. Never throws. */
export type DoubtClearer = () => Promise<void>

export function createDoubtClearer(parameters: CreateDoubtClearerParameters): DoubtClearer {
  const { lanes, saleOf, now, logger } = parameters
  return async () => {
    await Promise.all(
      lanes.doubts().map(async (call) => {
        if (!lanes.take(call)) return
        const { offerId, lane } = call
        const outcome = await saleOf(call)
          .then((sale) => clear(parameters, call, sale))
          .catch((error: unknown) => logger({ type: 'internal-error', error }))
        if (outcome) logger({ type: 'doubt-resolved', offerId, lane, outcome })
        // An expired voucher can't be settled any more, and no answer to it will come.
        else if (now() / 1000 > call.voucher.validUntil) lanes.retire(call)
        else lanes.doubt(call)
      }),
    )
  }
}

/** How the doubt ended; undefined while it lasts. */
async function clear(
  { lanes, signer, providers, judge, settleDoubt, now }: CreateDoubtClearerParameters,
  call: Call,
  sale: Sale,
): Promise<'answered' | 'not-charged' | 'retired' | undefined> {
  const { voucher, header, openedAt } = call
  const { endpoint } = sale.listing.provider
  const digest = bytesToHex(signer.digest(voucher))
  const outcome = await providers.recover({ endpoint, voucher: header, voucherDigest: digest })
  if (outcome.kind === 'answered') {
    const attempt = await acceptAnswer({ judge, lanes }, call, sale, outcome)
    if (attempt.kind === 'answered') return 'answered'
    return attempt.code === 'UNCHECKED' ? undefined : 'retired'
  }
  if (outcome.kind === 'broken') {
    judge.condemn(call, sale, outcome.why)
    return 'retired'
  }
  if (outcome.kind !== 'refused') return undefined
  const isBelieved = outcome.code === 'UNKNOWN_ANSWER' && now() - openedAt >= settleDoubt
  if (isBelieved || outcome.code === 'VOUCHER_REFUSED') {
    lanes.refused(call)
    return 'not-charged'
  }
  if (outcome.code !== 'VOUCHER_REPLAYED') return undefined
  // It was answered and settled, and only the request, which is gone, would bring the answer.
  lanes.retire(call)
  return 'retired'
}
