import type { Address, Hex, SignedReceipt, Tensor } from '@stoa/protocol'
import type { DirectPayment } from '@stoa/sdk'
import type { Payments } from '../payments/payments.ts'
import type { DirectSettlement } from './createDirectSettlement.ts'

/** What a payment was looked at with. */
export type CheckedPayment = {
  /** A block at which it was not used. */
  fromBlock: bigint
}

/** Everything that taking direct payments needs, beside what vouchers need. */
export type DirectPayments = {
  readonly payments: Payments
  /** Where each offer is paid. */
  readonly accounts: ReadonlyMap<Hex, Address>
  /** Looks at the payment with x402's facilitator and the chain. Throws PAYMENT_REFUSED, CHAIN_UNAVAILABLE. */
  readonly check: (payment: DirectPayment, reserved: bigint) => Promise<CheckedPayment>
  readonly settlement: DirectSettlement
  /** Seconds that a payment has to be valid for when it comes: model and settlement fit in. */
  readonly neededSeconds: number
  /** Calls under way, by payer and nonce. */
  readonly underWay: Map<string, UnderWay>
}

/** `reserved`: wei of the payer that the call counts on and nothing has moved yet; none once the payment is handed to settlement. */
export type UnderWay = { payment: DirectPayment; requestDigest: Hex; sale: Promise<PaidSale>; reserved: bigint }

/** A request as tensors, encoded, and by its digest. */
export type DirectRequest = { tensors: Tensor[]; body: Uint8Array; digest: Hex }

/** An answer that is paid for. `hash`: the transaction that moved the money. */
export type PaidSale = { receipt: SignedReceipt; response: Uint8Array; hash: Hex; replayed: boolean }
