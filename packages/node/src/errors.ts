import { type Address, BaseError, type Hex, WIRE_CODES, type WireCode } from '@stoa/protocol'

/** Amounts that a refusal carries to the buyer, in wei. */
export type Figures = Partial<Record<'needed' | 'available' | 'chargedCumulative' | 'voucherCumulative', bigint>>

/**
 * A call that the node does not answer, as the buyer gets to know it (specs/node-http.md). Charges nothing. Its code, and with it
 * HTTP status and `retry`, come from the one table that seller and buyer share.
 */
export class RefusedCallError extends BaseError {
  override name = 'RefusedCallError'
  readonly wireCode: WireCode
  readonly figures: Figures
  /** When the same call may succeed, in seconds, where that can be told. */
  readonly retrySeconds: number | undefined
  constructor(
    wireCode: WireCode,
    shortMessage: string,
    options: { hint: string; figures?: Figures; details?: string; cause?: unknown; retrySeconds?: number | undefined },
  ) {
    super(shortMessage, { ...options, code: wireCode, retry: WIRE_CODES[wireCode].retry })
    this.wireCode = wireCode
    this.figures = options.figures ?? {}
    this.retrySeconds = options.retrySeconds
  }
}

/** What a node cannot start with: the configuration, or what the ledger says of it. */
export class NodeConfigurationError extends BaseError {
  override name: string = 'NodeConfigurationError'
}

/** An offer that this node cannot serve. */
export class UnservableOfferError extends NodeConfigurationError {
  override name = 'UnservableOfferError'
  constructor(offerId: Hex, why: string, hint: string) {
    super(`Offer ${offerId} cannot be served: ${why}.`, { code: 'UNSERVABLE_OFFER', hint })
  }
}

/** Receipts signed by this key would not count as the provider's. */
export class WrongReceiptKeyError extends NodeConfigurationError {
  override name = 'WrongReceiptKeyError'
  constructor(provider: Address, registered: Address | undefined, given: Address) {
    super(`The receipt key is not the one that provider ${provider} registered.`, {
      code: 'WRONG_RECEIPT_KEY',
      details: `Registered: ${registered ?? 'none, the account is no provider'}. Given: ${given}.`,
      hint: 'Start with the registered key, or register this one with setSigner.',
    })
  }
}

/** The escrow would refuse settlements from this account. */
export class NotSettlerError extends NodeConfigurationError {
  override name = 'NotSettlerError'
  constructor(offerId: Hex, given: Address, named: Address | undefined) {
    super(`${given} may not settle offer ${offerId}.`, {
      code: 'NOT_SETTLER',
      details: `Its settler is ${named ?? 'nobody'}.`,
      hint: 'From the provider account call setSettler with the address of the settlement key and this offer.',
    })
  }
}

/** With these times a withdrawal could outrun settlement. */
export class SettlementTooSlowError extends NodeConfigurationError {
  override name = 'SettlementTooSlowError'
  constructor(seconds: number, longest: number) {
    super(`Settlement every ${seconds} s is too slow for this escrow: at most ${longest} s.`, {
      code: 'SETTLEMENT_TOO_SLOW',
      hint: 'Shorten settlement.intervalSeconds or limits.staleViewSeconds.',
    })
  }
}
