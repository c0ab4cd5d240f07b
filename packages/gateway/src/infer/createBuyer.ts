import { bytesToHex, type Hex } from '@stoa/protocol'
import type { Logger } from '../logger.ts'
import type { Call } from '../payment/lane.ts'
import type { LaneBook } from '../payment/openLaneBook.ts'
import type { VoucherSigner } from '../payment/voucherSigner.ts'
import type { ProviderClient } from '../provider/createProviderClient.ts'
import type { Outcome } from '../provider/outcome.ts'
import { isFault, type Judge, type Verdict } from './createJudge.ts'
import type { Sale } from './sale.ts'

/**
 * What an attempt to buy brought. `answered`: paid, checked, recorded. `refused`: nothing was charged. `spent`: a voucher is with the
 * provider, which may charge it, and there is no answer.
 */
export type Attempt =
  | { kind: 'answered'; verdict: Verdict }
  | { kind: 'refused' | 'unsent' | 'spent'; code: string; message: string }

export type BuyParameters = {
  sale: Sale
  units: bigint
  /** Wei: the call's ceiling. */
  charge: bigint
  requestDigest: Hex
  /** The request as an encoded tensor list. */
  body: Uint8Array
  /** Unix second. */
  validUntil: number
}

/** Buys one answer under one offer, and clears up what became of lost calls. */
export type Buyer = {
  /** Throws `TooManyCallsError` when the offer has no lane left; for what the provider does there is an `Attempt`. */
  buy(parameters: BuyParameters): Promise<Attempt>
  /** Asks for the answers of calls in doubt, once each. `saleOf` looks up what a call bought. Never throws. */
  clearDoubts(saleOf: (call: Call) => Promise<Sale>): Promise<void>
}

export type CreateBuyerParameters = {
  lanes: LaneBook
  signer: Pick<VoucherSigner, 'digest'>
  providers: Pick<ProviderClient, 'infer' | 'recover'>
  judge: Judge
  /** Milliseconds after which "no such answer" is believed. */
  settleDoubt: number
  now: () => number
  logger: Logger
}

/** Refusals which say that the seller counts the lane otherwise than we do: another lane may do. */
const LANE_CODES: readonly string[] = ['VOUCHER_TOO_LOW', 'VOUCHER_REPLAYED', 'LANE_BUSY']

type Answered = Outcome & { kind: 'answered' }

export function createBuyer(parameters: CreateBuyerParameters): Buyer {
  const { lanes, signer, providers, judge, settleDoubt, now, logger } = parameters

  const recover = ({ voucher, header }: Call, endpoint: string) =>
    providers.recover({ endpoint, voucher: header, voucherDigest: bytesToHex(signer.digest(voucher)) })

  const accept = async (call: Call, sale: Sale, outcome: Answered): Promise<Attempt> => {
    try {
      return { kind: 'answered', verdict: await judge.judge(call, sale, outcome) }
    } catch (error) {
      if (isFault(error)) return { kind: 'spent', code: error.code, message: error.shortMessage }
      // The answer could not be checked: it can be fetched again when the chain is back.
      lanes.doubt(call)
      return { kind: 'spent', code: 'UNCHECKED', message: `its signer could not be looked up (${error})` }
    }
  }

  /**
   * The call got lost: its stored answer, or else the same call with the same voucher once more, which can be charged only once. After a
   * timeout that is tried only if there is an answer which has to be asked for by its request.
   */
  const askAgain = async (call: Call, endpoint: string, body: Uint8Array, lost: Outcome & { kind: 'unknown' }) => {
    const stored = await recover(call, endpoint)
    if (stored.kind === 'answered') return stored
    if (stored.kind !== 'refused') return lost
    const { code } = stored
    const repeat = code === 'VOUCHER_REPLAYED' || (code === 'UNKNOWN_ANSWER' && !lost.timedOut)
    if (!repeat) return lost
    const again = await providers.infer({ endpoint, voucher: call.header, body })
    // Busy with this very call, or at odds about it: not a refusal of it.
    return again.kind === 'refused' && LANE_CODES.includes(again.code) ? lost : again
  }

  const buy = async (request: BuyParameters, lanesLeft: number): Promise<Attempt> => {
    const { sale, units, charge, requestDigest, body, validUntil } = request
    const { offerId, provider } = sale.listing
    const { endpoint } = provider
    const call = lanes.open({ offerId, ceiling: charge, requestDigest, units, validUntil })
    const first = await providers.infer({ endpoint, voucher: call.header, body })
    const outcome = first.kind === 'unknown' ? await askAgain(call, endpoint, body, first) : first
    switch (outcome.kind) {
      case 'answered':
        return accept(call, sale, outcome)
      case 'broken':
        judge.condemn(call, sale, outcome.why)
        return { kind: 'spent', code: 'BROKEN_ANSWER', message: outcome.why }
      case 'refused': {
        const { code, message } = outcome
        if (!LANE_CODES.includes(code)) lanes.refused(call)
        else lanes.retire(call)
        if (LANE_CODES.includes(code) && lanesLeft > 0) return buy(request, lanesLeft - 1)
        return { kind: 'refused', code, message }
      }
      case 'unsent':
        if (first.kind === 'unsent') lanes.refused(call)
        // It was reached at first, so the voucher may be there.
        else lanes.doubt(call)
        return { kind: first.kind === 'unsent' ? 'unsent' : 'spent', code: 'UNREACHABLE', message: outcome.why }
      case 'unknown':
        lanes.doubt(call)
        return { kind: 'spent', code: 'NO_ANSWER', message: outcome.why }
    }
  }

  const clear = async (call: Call, sale: Sale): Promise<'answered' | 'not-charged' | 'retired' | undefined> => {
    const outcome = await recover(call, sale.listing.provider.endpoint)
    if (outcome.kind === 'answered')
      return (await accept(call, sale, outcome)).kind === 'answered' ? 'answered' : 'retired'
    if (outcome.kind === 'broken') {
      judge.condemn(call, sale, outcome.why)
      return 'retired'
    }
    const isOld = now() - call.openedAt >= settleDoubt
    if (outcome.kind === 'refused' && outcome.code === 'UNKNOWN_ANSWER' && isOld) {
      lanes.refused(call)
      return 'not-charged'
    }
    if (outcome.kind === 'refused' && outcome.code === 'VOUCHER_REPLAYED') {
      // It was answered and settled, and only the request, which is gone, would bring the answer (specs/node-http.md).
      lanes.retire(call)
      return 'retired'
    }
    return undefined
  }

  return {
    buy: (request) => buy(request, 1),
    async clearDoubts(saleOf) {
      await Promise.all(
        lanes.doubts().map(async (call) => {
          if (!lanes.take(call)) return
          const { offerId, lane } = call
          const outcome = await saleOf(call)
            .then((sale) => clear(call, sale))
            .catch((error: unknown) => logger({ type: 'internal-error', error }))
          if (outcome) return logger({ type: 'doubt-resolved', offerId, lane, outcome })
          // An expired voucher can't be settled any more, and no answer to it will come.
          if (now() / 1000 > call.voucher.validUntil) lanes.retire(call)
          else lanes.doubt(call)
        }),
      )
    },
  }
}
