import { type Address, BaseError, type Hex } from '@stoa/protocol'
import type { PaymentRequirements } from '@x402/core/types'
import { isAddressEqual, isHex } from 'viem'

/** Terms of a seller that this client does not pay by. */
export class UnacceptableTermsError extends BaseError {
  override name = 'UnacceptableTermsError'
  constructor(why: string, hint: string) {
    super(`The seller's terms can't be paid: ${why}.`, { code: 'UNACCEPTABLE_TERMS', hint })
  }
}

/** What a voucher is signed from. `ceiling`: most that the call may cost, in wei. */
export type VoucherTerms = { chainId: number; offerId: Hex; ceiling: bigint; maxVoucherValidity: number }

export type ReadTermsLimits = { escrow: Address; maxPerCall?: bigint | undefined }

/** Reads the terms of scheme `stoa-voucher` (specs/x402.md). Throws `UnacceptableTermsError`. */
export function readTerms(requirements: PaymentRequirements, { escrow, maxPerCall }: ReadTermsLimits): VoucherTerms {
  const { network, payTo, amount, extra } = requirements
  const { offerId, maxVoucherValidity } = extra
  const chainId = Number(/^eip155:(\d{1,15})$/.exec(network)?.[1])
  const known =
    Number.isSafeInteger(chainId) &&
    isHex(offerId) &&
    offerId.length === 66 &&
    typeof maxVoucherValidity === 'number' &&
    /^\d{1,29}$/.test(amount)
  if (!known) throw new UnacceptableTermsError('they are not those of stoa-voucher', 'See specs/x402.md.')
  if (!/^0x[0-9a-fA-F]{40}$/.test(payTo) || !isAddressEqual(payTo as Address, escrow))
    throw new UnacceptableTermsError(`they name the escrow ${payTo}`, `The deposit is with ${escrow}.`)
  const ceiling = BigInt(amount)
  if (maxPerCall !== undefined && ceiling > maxPerCall)
    throw new UnacceptableTermsError(
      `the call may cost ${ceiling} wei`,
      `At most ${maxPerCall} is allowed: raise it, or ask for less.`,
    )
  return { chainId, offerId: offerId.toLowerCase() as Hex, ceiling, maxVoucherValidity }
}
