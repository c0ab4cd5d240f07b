import {
  type Address,
  BaseError,
  bytesToHex,
  chargedUnits,
  chargeFor,
  type Hex,
  type ProofKind,
  type Receipt,
  receiptDigest,
  type SignedReceipt,
  type Tensor,
  tensorsDigest,
} from '@stoa/protocol'
import { InvalidSignatureError, type Secp256k1 } from '@stoa/protocol/secp256k1'
import type { Call } from '../payment/lane.ts'

/** The answer is not what was paid for, or its receipt does not say so. */
export class ReceiptCheckError extends BaseError {
  override name = 'ReceiptCheckError'
  constructor(why: string, cause?: unknown) {
    super(`The receipt fails a check: ${why}.`, {
      code: 'RECEIPT_CHECK_FAILED',
      hint: 'The answer is kept as evidence and its provider is avoided. See specs/receipt.md.',
      cause,
    })
  }
}

export type VerifyReceiptParameters = {
  receipt: SignedReceipt
  call: Call
  /** Wei per 1,000,000 units. */
  price: bigint
  weightsDigest: Hex
  /** What the answers are called: the window in which an exact one can be challenged begins with `answeredAt`. */
  proofKind: ProofKind
  /** Milliseconds since 1970. */
  now: number
  response: readonly Tensor[]
  secp256k1: Secp256k1
  /** EIP-712 domain separator of the ProviderRegistry. */
  separator: Uint8Array
}

/**
 * Checks everything that specs/receipt.md asks of a gateway but one: whether `signer`, which is returned, is the provider's. Throws
 * `ReceiptCheckError`, or `InvalidTensorError` for an answer that counts more than was asked for.
 */
export function verifyReceipt(parameters: VerifyReceiptParameters): { signer: Address; digest: Hex } {
  const { receipt, call, price, weightsDigest, response, secp256k1, separator } = parameters
  const { voucher } = call
  const units = chargedUnits(call.units, response)
  const charge = chargeFor(units, price)
  const needed: Partial<Receipt> = {
    offerId: call.offerId,
    payer: voucher.payer.toLowerCase() as Address,
    lane: call.lane,
    voucherCumulative: voucher.maxCumulative,
    weightsDigest,
    requestDigest: call.requestDigest,
    units,
    charge,
    chargedCumulative: call.charged + charge,
    responseDigest: tensorsDigest(response),
  }
  for (const [name, value] of Object.entries(needed)) {
    const found = receipt[name as keyof Receipt]
    if (found !== value) throw new ReceiptCheckError(`${name} is ${found}, ${value} is needed`)
  }
  if (receipt.chargedCumulative > voucher.maxCumulative)
    throw new ReceiptCheckError(
      `${receipt.chargedCumulative} wei are charged, the voucher is for ${voucher.maxCumulative}`,
    )
  if (parameters.proofKind === 'exact') checkTime(receipt, call, parameters.now)
  const digest = receiptDigest(separator, receipt)
  try {
    return { signer: secp256k1.recover(digest, receipt.signature), digest: bytesToHex(digest) }
  } catch (error) {
    if (error instanceof InvalidSignatureError) throw new ReceiptCheckError('its signature is none', error)
    throw error
  }
}

/** Seconds by which clocks of honest people differ. */
const CLOCK_SKEW = 600

/** A seller that dates an answer back ends the time in which it can be challenged before it began. */
function checkTime({ answeredAt }: Receipt, { openedAt }: Call, now: number): void {
  const [earliest, latest] = [Math.floor(openedAt / 1000) - CLOCK_SKEW, Math.floor(now / 1000) + CLOCK_SKEW]
  if (answeredAt < earliest || answeredAt > latest)
    throw new ReceiptCheckError(`answeredAt is ${answeredAt}, ${earliest} to ${latest} is when it was`)
}
