import type { Address, Hex } from '@stoa/protocol'
import { RefusedCallError } from '../errors.ts'
import type { LaneId } from '../store/lane.ts'

// One class a row of the table in specs/node-http.md that a voucher can run into.

export class WrongChainError extends RefusedCallError {
  override name = 'WrongChainError'
  constructor(given: { chainId: number; escrow: Address }, needed: { chainId: number; escrow: Address }) {
    super('WRONG_CHAIN', 'The voucher is for another chain or escrow.', {
      details: `Given: ${given.escrow} on chain ${given.chainId}. Needed: ${needed.escrow} on chain ${needed.chainId}.`,
      hint: "Sign for the chain and the escrow that this node's offers name.",
    })
  }
}

export class LaneReservedError extends RefusedCallError {
  override name = 'LaneReservedError'
  constructor(lane: bigint) {
    super('LANE_RESERVED', `Lane ${lane} is one of direct payments, on which no vouchers are taken.`, {
      hint: 'Sign for a lane below 2^63.',
    })
  }
}

export class VoucherMissingError extends RefusedCallError {
  override name = 'VoucherMissingError'
  constructor() {
    super('VOUCHER_MISSING', 'The call carries no voucher.', {
      hint: 'Sign a voucher under one of the offers and send it in the header stoa-voucher (specs/voucher.md).',
    })
  }
}

export class VoucherExpiredError extends RefusedCallError {
  override name = 'VoucherExpiredError'
  constructor(validUntil: number, needed: number) {
    super('VOUCHER_EXPIRED', 'The voucher ends too soon to be settled.', {
      details: `Valid until ${validUntil}, at least ${needed} is needed (unix seconds).`,
      hint: 'Sign one that is valid for longer.',
    })
  }
}

export class VoucherTooLongError extends RefusedCallError {
  override name = 'VoucherTooLongError'
  constructor(validUntil: number, longest: number) {
    super('VOUCHER_TOO_LONG', 'The voucher is valid for longer than the escrow lets sellers rely on.', {
      details: `Valid until ${validUntil}, at most ${longest} (unix seconds).`,
      hint: "Sign one that ends within the escrow's maxVoucherValidity.",
    })
  }
}

/** Where the lane stands, so that a gateway that lost count finds it again. */
export type LanePosition = { chargedCumulative: bigint; voucherCumulative: bigint }

export class VoucherTooLowError extends RefusedCallError {
  override name = 'VoucherTooLowError'
  constructor(given: bigint, needed: bigint, position: LanePosition) {
    super('VOUCHER_TOO_LOW', `The voucher reaches ${given} wei, ${needed} are needed.`, {
      hint: 'Sign a greater maxCumulative: above the last voucher of the lane, and enough for what was charged and this call.',
      figures: { needed, available: given, ...position },
    })
  }
}

export class WrongSignerError extends RefusedCallError {
  override name = 'WrongSignerError'
  constructor(payer: Address, signer: Address | undefined, cause?: unknown) {
    super('WRONG_SIGNER', `The voucher is not signed by a session key of ${payer}.`, {
      details: signer ? `Signed by ${signer}.` : 'The signature recovers to no key.',
      hint: 'Register the key with the escrow, or sign with a registered one that stays registered until settlement.',
      cause,
    })
  }
}

export class OverDepositError extends RefusedCallError {
  override name = 'OverDepositError'
  constructor(payer: Address, available: bigint, needed: bigint) {
    super('OVER_DEPOSIT', `The deposit of ${payer} covers ${available} wei, ${needed} are needed.`, {
      hint: 'Deposit more, or cancel the announced withdrawal.',
      figures: { available, needed },
    })
  }
}

export class OverExposureError extends RefusedCallError {
  override name = 'OverExposureError'
  constructor(offerId: Hex, available: bigint, needed: bigint) {
    super('OVER_EXPOSURE', `Offer ${offerId} is served up to ${available} wei unsettled, ${needed} are needed.`, {
      hint: 'Lock a part of the deposit for this lane, or wait until the node has settled.',
      figures: { available, needed },
    })
  }
}

export class UnknownOfferError extends RefusedCallError {
  override name = 'UnknownOfferError'
  constructor(offerId: Hex) {
    super('UNKNOWN_OFFER', `Offer ${offerId} is not served here.`, {
      hint: 'GET /v1/node lists the offers that are; the provider registry names the endpoint of each.',
    })
  }
}

export class OfferClosedError extends RefusedCallError {
  override name = 'OfferClosedError'
  constructor(offerId: Hex) {
    super('OFFER_CLOSED', `Offer ${offerId} is closed, or no longer covered by stake.`, {
      hint: 'Find an open offer on the ledger. What this one sold can still be settled and fetched.',
    })
  }
}

export class VoucherReplayedError extends RefusedCallError {
  override name = 'VoucherReplayedError'
  constructor(position?: LanePosition) {
    super('VOUCHER_REPLAYED', 'This voucher has paid for another request.', {
      hint: 'Sign a new voucher for a new request. The same request brings the stored answer again.',
      ...(position && { figures: position }),
    })
  }
}

export class VoucherRefusedError extends RefusedCallError {
  override name = 'VoucherRefusedError'
  constructor() {
    super('VOUCHER_REFUSED', 'A call with this voucher was refused before, and is not charged any more.', {
      hint: 'Sign a voucher with a greater maxCumulative.',
    })
  }
}

export class VoucherPublicError extends RefusedCallError {
  override name = 'VoucherPublicError'
  constructor() {
    super('VOUCHER_REPLAYED', 'This voucher has been settled, so that everybody can read it on the chain.', {
      hint: 'Show that the answer is yours: POST the same request with the same voucher.',
    })
  }
}

export class UnknownAnswerError extends RefusedCallError {
  override name = 'UnknownAnswerError'
  constructor() {
    super('UNKNOWN_ANSWER', 'No answer was given for this voucher, or it is no longer kept.', {
      hint: 'A voucher without an answer was not charged: sign a greater one and ask anew.',
    })
  }
}

export class LaneBusyError extends RefusedCallError {
  override name = 'LaneBusyError'
  constructor({ lane }: LaneId) {
    super('LANE_BUSY', `A call is in flight on lane ${lane}.`, { hint: 'Wait for it, or use another lane.' })
  }
}

export class OverloadedError extends RefusedCallError {
  override name = 'OverloadedError'
  constructor(what: string, retrySeconds?: number) {
    super('OVERLOADED', `The node is at its limit of ${what}.`, {
      hint: 'Try again shortly, or another provider.',
      retrySeconds,
    })
  }
}

export class NodeChainUnavailableError extends RefusedCallError {
  override name = 'NodeChainUnavailableError'
  constructor(cause: unknown) {
    super('CHAIN_UNAVAILABLE', 'The node cannot reach its chain, and what it knows of the account is too old.', {
      hint: 'Try again shortly, or another provider.',
      cause,
    })
  }
}
