import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex, type Hex, type UnitBounds } from '@stoa/protocol'
import type { Call } from '../payment/lane.ts'
import type { LaneBook } from '../payment/openLaneBook.ts'
import type { VoucherSigner } from '../payment/voucherSigner.ts'
import type { ProviderClient, Streaming } from '../provider/createProviderClient.ts'
import type { Outcome } from '../provider/outcome.ts'
import type { LiveStats } from '../routing/liveStats.ts'
import { type Attempt, acceptAnswer } from './attempt.ts'
import type { Judge } from './createJudge.ts'
import type { Sale } from './sale.ts'

export type BuyParameters = {
  sale: Sale
  units: UnitBounds
  /** Wei: the call's ceiling. */
  charge: bigint
  requestDigest: Hex
  /** The request as an encoded tensor list. */
  body: Uint8Array
  /** Unix second. */
  validUntil: number
  /** Has the answer come in pieces. */
  stream?: Streaming | undefined
  /** Whose budgets pay; undefined for the owner. */
  callerKey: string | undefined
}

/** Buys one answer under one offer. */
export type Buyer = {
  /** Throws `TooManyCallsError` when the offer has no lane left, `BudgetExceededError` when its key's budgets have no room; for what the provider does there is an `Attempt`. */
  buy(parameters: BuyParameters): Promise<Attempt>
}

export type CreateBuyerParameters = {
  lanes: LaneBook
  signer: Pick<VoucherSigner, 'digest'>
  providers: Pick<ProviderClient, 'infer' | 'recover'>
  judge: Judge
  live: Pick<LiveStats, 'announced'>
}

/**
 * Refusals which say that the seller counts the lane otherwise than we do, or, `LANE_BUSY`, has this very call already: something between us sent it twice. Then its
 * answer is asked for. That is only its word: it has the voucher and may settle it. So
 * the lane is left, the voucher counts as spent, and the same seller gets no second one for this call.
 */
const LANE_CODES: readonly string[] = ['VOUCHER_TOO_LOW', 'VOUCHER_REPLAYED', 'LANE_BUSY']

export function createBuyer({ lanes, signer, providers, judge, live }: CreateBuyerParameters): Buyer {
  const parts = { providers, signer }
  const buy = async (request: BuyParameters): Promise<Attempt> => {
    const { sale, units, charge, requestDigest, body, validUntil, stream, callerKey } = request
    const { offerId, provider } = sale.listing
    const { endpoint } = provider
    const call = lanes.open({ offerId, ceiling: charge, requestDigest, units, validUntil, key: callerKey })
    let begun = false
    const seen = stream && {
      ...stream,
      onPiece(piece: Uint8Array) {
        begun = true
        stream.onPiece(piece)
      },
    }
    const first = await providers.infer({ endpoint, voucher: call.header, body, stream: seen })
    const isBusy = first.kind === 'refused' && first.code === 'LANE_BUSY'
    const isCut = begun || stream?.signal?.aborted === true
    const outcome =
      first.kind === 'unknown'
        ? await (isCut ? fetchCut : askAgain)(parts, call, { endpoint, body, lost: first })
        : isBusy
          ? await fetchCut(parts, call, { endpoint, lost: { kind: 'unknown', why: first.message, timedOut: false } })
          : first
    if ('load' in first && first.load) live.announced(offerId, first.load)
    switch (outcome.kind) {
      case 'answered':
        return acceptAnswer({ judge, lanes }, call, sale, { ...outcome, isCut: first.kind === 'unknown' && isCut })
      case 'broken':
        judge.condemn(call, sale, outcome.why)
        return { kind: 'spent', code: 'BROKEN_ANSWER', message: outcome.why }
      case 'refused': {
        const { code, message } = outcome
        if (LANE_CODES.includes(code)) {
          lanes.retire(call)
          return { kind: 'spent', code, message }
        }
        lanes.refused(call)
        return { kind: 'refused', code, message }
      }
      case 'unsent':
        lanes.refused(call)
        return { kind: 'unsent', code: 'UNREACHABLE', message: outcome.why }
      case 'unknown':
        lanes.doubt(call)
        return { kind: 'spent', code: 'NO_ANSWER', message: outcome.why }
    }
  }
  return { buy }
}

type Lost = Outcome & { kind: 'unknown' }

/**
 * The call got lost: its stored answer, or else the same call with the same voucher once more, which can be charged only once. After a
 * timeout that is tried only if there is an answer which has to be asked for by its request. Whatever else comes of it, the call stays lost.
 */
async function askAgain(
  { providers, signer }: Pick<CreateBuyerParameters, 'providers' | 'signer'>,
  { voucher, header }: Call,
  { endpoint, body, lost }: { endpoint: string; body: Uint8Array; lost: Lost },
): Promise<Exclude<Outcome, { kind: 'unsent' }>> {
  const stored = await providers.recover({
    endpoint,
    voucher: header,
    voucherDigest: bytesToHex(signer.digest(voucher)),
  })
  if (stored.kind === 'answered') return stored
  if (stored.kind !== 'refused') return lost
  const { code } = stored
  // It came, and was refused for good.
  if (code === 'VOUCHER_REFUSED') return stored
  if (code !== 'VOUCHER_REPLAYED' && (code !== 'UNKNOWN_ANSWER' || lost.timedOut)) return lost
  const again = await providers.infer({ endpoint, voucher: header, body })
  // It was reached at first; or it is busy with this very call, or at odds about it: no refusal of the call.
  const isLost = again.kind === 'unsent' || (again.kind === 'refused' && LANE_CODES.includes(again.code))
  return isLost ? lost : again
}

/** Milliseconds between questions for an answer that is being made, or of a stream that was cut: the seller has to notice first. */
const CUT_PAUSES = [50, 100, 200, 400, 800]

/**
 * The answer of a call that is under way at the seller; of a stream that ended in the middle as far as it was made. The same call is not made anew: its pieces are with the caller, and another answer would not go on
 * from them.
 */
async function fetchCut(
  { providers, signer }: Pick<CreateBuyerParameters, 'providers' | 'signer'>,
  { voucher, header }: Call,
  { endpoint, lost }: { endpoint: string; lost: Lost },
): Promise<Lost | (Outcome & { kind: 'answered' | 'broken' | 'refused' })> {
  for (const pause of CUT_PAUSES) {
    await sleep(pause)
    const stored = await providers.recover({
      endpoint,
      voucher: header,
      voucherDigest: bytesToHex(signer.digest(voucher)),
    })
    if (stored.kind === 'answered' || stored.kind === 'broken') return stored
    if (stored.kind === 'refused' && stored.code === 'VOUCHER_REFUSED') return stored
    if (stored.kind === 'unsent') return lost
  }
  return lost
}
