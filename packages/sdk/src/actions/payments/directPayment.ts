import type { Address, Hex } from '@stoa/protocol'
import type { Deployment } from '../../deployment.ts'
import { NoOfferPaymentsError } from '../../errors/chainErrors.ts'

/** A payer's signed transfer to an offer's account: EIP-3009 `TransferWithAuthorization` (specs/x402.md). */
export type DirectPayment = {
  offerId: Hex
  payer: Address
  /** Wei. */
  amount: bigint
  /** Unix seconds between which, both exclusive, the token takes it. */
  validAfter: bigint
  validBefore: bigint
  /** 32 bytes of the payer's choice. */
  nonce: Hex
  /** 65 bytes, r ‖ s ‖ v, by the payer's own key. */
  signature: Hex
}

/** The deployment's contract for direct payments. Throws `NoOfferPaymentsError` where there is none. */
export function offerPaymentsOf({ offerPayments, chainId }: Deployment): Address {
  if (!offerPayments) throw new NoOfferPaymentsError(chainId)
  return offerPayments
}
