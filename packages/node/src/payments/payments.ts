import type { Address, Hex, Offer, SignedReceipt } from '@stoa/protocol'
import type { Secp256k1 } from '@stoa/protocol/secp256k1'
import type { PayerViews } from '../chain/payerViews.ts'
import type { NodeStore } from '../store/openStore.ts'
import type { DebtBook } from './debtBook.ts'

/** An offer that the node serves, and the weights that answer under it. */
export type ServedOffer = {
  offerId: Hex
  offer: Offer
  weightsDigest: Hex
  /** Seconds for which a contract can judge an answer, its game included; undefined where none does. */
  judgedSeconds?: number | undefined
}

/** An offer as somebody buys under it. */
export type Sale = ServedOffer & { payer: Address }

/** How long things may take; seconds. */
export type PaymentTerms = {
  /** What is served is settled within this time. */
  intervalSeconds: number
  /** Longest that the escrow lets sellers accept vouchers to be valid. */
  maxVoucherValidity: number
}

/** Everything that taking money needs; made by `openPayments`. */
export type Payments = {
  readonly chainId: number
  readonly escrow: Address
  readonly terms: PaymentTerms
  readonly offers: ReadonlyMap<Hex, ServedOffer>
  /** Whether the offer can be bought now. Rejects with CHAIN_UNAVAILABLE. */
  readonly isOpen: (offerId: Hex) => Promise<boolean>
  readonly store: NodeStore
  readonly book: DebtBook
  readonly views: PayerViews
  /** Calls that have come and have no outcome yet, by their voucher's signature: how many times each. */
  readonly underWay: Map<Hex, number>
  readonly secp256k1: Secp256k1
  readonly signerKey: Uint8Array
  /** EIP-712 domain separators of escrow (vouchers) and provider registry (receipts). */
  readonly voucherDomain: Uint8Array
  readonly receiptDomain: Uint8Array
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** An answer with the receipt that goes with it. */
export type PaidAnswer = {
  receipt: SignedReceipt
  /** Encoded tensors. */
  response: Uint8Array
  /** The same call came before; this is its stored answer. */
  replayed: boolean
}

/** The unix second it is. */
export function secondOf(payments: Pick<Payments, 'now'>): number {
  return Math.floor(payments.now() / 1000)
}
