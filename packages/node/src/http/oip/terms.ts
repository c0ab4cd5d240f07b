import { type Address, chargeFor, type Hex, type UnitBounds } from '@stoa/protocol'
import type { TokenDomain } from '@stoa/sdk'
import { encodePaymentRequiredHeader } from '@x402/core/http'
import type { PaymentRequired, PaymentRequirements } from '@x402/core/types'
import { exactRequirements } from '../../direct/checkExact.ts'
import type { ServedOffer } from '../../payments/payments.ts'

/** What a node's ways to be paid have in common. */
export type PayTerms = {
  token: TokenDomain
  escrow: Address
  providerRegistry: Address
  provider: Address
  /** Whose receipts count. */
  signer: Address
  /** Where each offer is paid directly; empty where the deployment takes no direct payments. */
  accounts: ReadonlyMap<Hex, Address>
  /** Seconds that a payment should be valid for. */
  paymentSeconds: number
  /** Seconds that a voucher has to be valid for at least, and at most. */
  settlementSeconds: number
  maxVoucherValidity: number
}

/** A way to pay for a request under an offer. */
export type Choice = { served: ServedOffer; bounds: UnitBounds; amount: bigint; requirements: PaymentRequirements }

/** The ways to pay for one request, the cheapest offer first, by voucher before by transfer: who can do both pays for what was used. */
export function choicesOf(terms: PayTerms, offers: readonly { served: ServedOffer; bounds: UnitBounds }[]): Choice[] {
  const priced = offers.map((each) => ({ ...each, amount: chargeFor(each.bounds.most, each.served.offer.price) }))
  const sorted = priced.toSorted((a, b) => (a.amount < b.amount ? -1 : a.amount > b.amount ? 1 : 0))
  return sorted.flatMap((each) => {
    const { offerId } = each.served
    const account = terms.accounts.get(offerId)
    const { amount } = each
    const byVoucher = { ...each, requirements: voucherRequirements(terms, offerId, amount) }
    // A transfer of nothing proves nothing.
    if (!account || amount === 0n) return [byVoucher]
    const { token, paymentSeconds: maxTimeoutSeconds } = terms
    return [
      byVoucher,
      { ...each, requirements: exactRequirements({ token, account, offerId, amount, maxTimeoutSeconds }) },
    ]
  })
}

function voucherRequirements(terms: PayTerms, offerId: Hex, amount: bigint): PaymentRequirements {
  const { token, escrow, provider, signer, providerRegistry, settlementSeconds, maxVoucherValidity } = terms
  return {
    ...{ scheme: 'stoa-voucher', network: `eip155:${token.chainId}`, asset: token.verifyingContract },
    ...{ amount: amount.toString(), payTo: escrow, maxTimeoutSeconds: maxVoucherValidity },
    extra: { offerId, provider, signer, providerRegistry, settlementSeconds, maxVoucherValidity },
  }
}

/** The terms as x402 tells them, and as its header carries them. */
export function paymentRequired(url: string, choices: readonly Choice[], error: string) {
  const accepts = choices.map(({ requirements }) => requirements)
  const told: PaymentRequired = { x402Version: 2, error, resource: { url, mimeType: 'application/json' }, accepts }
  return { accepts, headers: { 'PAYMENT-REQUIRED': encodePaymentRequiredHeader(told), 'cache-control': 'no-store' } }
}
