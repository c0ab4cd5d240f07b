import {
  type Address,
  encodeReceiptHeader,
  encodeVoucherHeader,
  type SignedReceipt,
  type Tensor,
  voucherDigest,
} from '@stoa/protocol'
import { InvalidSignatureError } from '@stoa/protocol/secp256k1'
import { encodePaymentResponseHeader } from '@x402/core/http'
import type { SettleResponse } from '@x402/core/types'
import { acceptDirect } from '../../direct/acceptDirect.ts'
import type { DirectPayments, DirectRequest } from '../../direct/directPayments.ts'
import { PaymentRefusedError } from '../../direct/errors.ts'
import { acceptPayment } from '../../payments/acceptPayment.ts'
import { UnknownOfferError, WrongSignerError } from '../../payments/errors.ts'
import type { Payments, Sale } from '../../payments/payments.ts'
import type { ReadPayment } from './readPayment.ts'
import type { Choice } from './terms.ts'

export type PayForParameters = {
  payments: Payments
  /** Undefined where the deployment takes no direct payments. */
  direct: DirectPayments | undefined
  answer: (sale: Sale, request: readonly Tensor[]) => Promise<Tensor[]>
  request: DirectRequest
  choices: readonly Choice[]
  payment: ReadPayment
}

/** A paid answer, whichever way it was paid. `settled`: what `PAYMENT-RESPONSE` says. */
export type Paid = { receipt: SignedReceipt; response: Uint8Array; replayed: boolean; settled: string }

/** Has a request answered for an x402 payment. Throws what `acceptDirect` and `acceptPayment` throw. */
export function payFor(parameters: PayForParameters): Promise<Paid> {
  const { payment } = parameters
  return payment.scheme === 'exact' ? byTransfer(parameters, payment) : byVoucher(parameters, payment)
}

async function byTransfer(
  { direct, answer, request, choices }: PayForParameters,
  { to, payment }: Extract<ReadPayment, { scheme: 'exact' }>,
): Promise<Paid> {
  const chosen = choices.find(({ requirements: { scheme, payTo } }) => scheme === 'exact' && payTo.toLowerCase() === to)
  if (!direct || !chosen) throw new PaymentRefusedError(`${to} is the account of no offer of this model here`)
  const { served, bounds, amount, requirements } = chosen
  if (payment.amount !== amount)
    throw new PaymentRefusedError(`it is of ${payment.amount} wei, the call costs ${amount}`)
  const ofOffer = { ...payment, offerId: served.offerId }
  const { hash, receipt, ...sale } = await acceptDirect(direct, { payment: ofOffer, served, request, bounds, answer })
  const response: SettleResponse = {
    ...{ success: true, payer: payment.payer, transaction: hash },
    ...{ network: requirements.network, amount: amount.toString() },
    extensions: { 'stoa-receipt': { receipt: encodeReceiptHeader(receipt) } },
  }
  return { ...sale, receipt, settled: encodePaymentResponseHeader(response) }
}

async function byVoucher(
  { payments, answer, request, choices }: PayForParameters,
  { voucher, authorizer }: Extract<ReadPayment, { scheme: 'stoa-voucher' }>,
): Promise<Paid> {
  const chosen = choices.find(({ served }) => served.offerId === voucher.offerId)
  if (!chosen) throw new UnknownOfferError(voucher.offerId)
  requireSigner(payments, voucher, authorizer)
  const { chainId, escrow } = payments
  const header = encodeVoucherHeader({ ...voucher, chainId, escrow })
  const { receipt, ...paid } = await acceptPayment(payments, { voucher: header, body: () => request.body, answer })
  const response: SettleResponse = {
    ...{ success: true, payer: voucher.payer, transaction: '' },
    ...{ network: chosen.requirements.network, amount: receipt.charge.toString() },
    extra: { chargedCumulativeAmount: receipt.chargedCumulative.toString() },
    extensions: { 'stoa-receipt': { receipt: encodeReceiptHeader(receipt) } },
  }
  return { ...paid, receipt, settled: encodePaymentResponseHeader(response) }
}

/** The session key that the payload names is the one that signed. Whether it is one is asked of the chain later. */
function requireSigner({ secp256k1, voucherDomain }: Payments, voucher: ReadVoucher, authorizer: Address): void {
  try {
    const signer = secp256k1.recover(voucherDigest(voucherDomain, voucher), voucher.signature)
    if (signer.toLowerCase() !== authorizer) throw new WrongSignerError(voucher.payer, signer)
  } catch (error) {
    if (error instanceof InvalidSignatureError) throw new WrongSignerError(voucher.payer, undefined, error)
    throw error
  }
}

type ReadVoucher = Extract<ReadPayment, { scheme: 'stoa-voucher' }>['voucher']
