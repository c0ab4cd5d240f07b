import {
  type Address,
  DOMAIN_NAME,
  DOMAIN_VERSION,
  decodeReceiptHeader,
  type Hex,
  type SignedReceipt,
  VOUCHER_TYPE,
} from '@stoa/protocol'
import type { PaymentResponseContext } from '@x402/core/client'
import type { PaymentPayloadResult, PaymentRequirements, SchemeNetworkClient } from '@x402/core/types'
import { isAddressEqual, parseSignature, serializeCompactSignature, signatureToCompactSignature } from 'viem'
import { createLanes, type Lane } from './lanes.ts'
import { readTerms } from './readTerms.ts'

/** Signs typed data with a session key: viem's local accounts do, and most wallets. */
export type SessionSigner = {
  readonly address: Address
  signTypedData(parameters: {
    domain: { name: string; version: string; chainId: number; verifyingContract: Address }
    types: { Voucher: readonly { name: string; type: string }[] }
    primaryType: 'Voucher'
    message: Record<string, unknown>
  }): Promise<Hex>
}

export type StoaVoucherSchemeParameters = {
  /** Whose deposit pays. */
  payer: Address
  /** Signs with a session key that the payer registered with the escrow (`deposit`, `addKey`). */
  signer: SessionSigner
  /** The escrow that holds the deposit. Terms that name another one are refused. */
  escrow: Address
  /** Most that one call may cost, in wei. */
  maxPerCall?: bigint
  /** Told every receipt: what proves the answer. */
  onReceipt?: (receipt: SignedReceipt) => void
  /** Milliseconds since 1970; the system's clock. */
  now?: () => number
}

/** The members of EIP-712's `Voucher`, from its type string. */
const VOUCHER_MEMBERS = (VOUCHER_TYPE.match(/\((.*)\)/)?.[1] ?? '').split(',').map((member) => {
  const [type = '', name = ''] = member.split(' ')
  return { name, type }
})

/** Of the time that an escrow lets vouchers be valid, so that clocks may differ. */
const SHARE_OF_VALIDITY = 0.9

/**
 * The scheme `stoa-voucher` (specs/x402.md) for stock x402 clients: one deposit pays every provider, calls take no transaction, and what is paid is what was used.
 * It has lanes of its own, one call in flight each, and leaves a lane whose outcome it was not told. Whether a receipt's signer is the provider's is for who keeps it to
 * ask the ledger (`isSignerOf`).
 *
 * @example
 * const client = new x402Client().register('eip155:31337', stoaVoucherScheme({ payer, signer: sessionAccount, escrow }))
 * const response = await wrapFetchWithPayment(fetch, client)(url, call)
 */
export function stoaVoucherScheme(parameters: StoaVoucherSchemeParameters): SchemeNetworkClient {
  const { payer, signer, escrow, maxPerCall, onReceipt, now = Date.now } = parameters
  const lanes = createLanes()
  /** Calls in flight, by the signature that pays them. */
  const inFlight = new Map<string, Lane>()

  const createPaymentPayload = async (
    x402Version: number,
    requirements: PaymentRequirements,
  ): Promise<PaymentPayloadResult> => {
    const { chainId, offerId, ceiling, maxVoucherValidity } = readTerms(requirements, { escrow, maxPerCall })
    const lane = lanes.take(offerId, ceiling)
    const validUntil = Math.floor(now() / 1000 + SHARE_OF_VALIDITY * maxVoucherValidity)
    const voucher = { payer, offerId, lane: lane.number, maxCumulative: lane.signed, validUntil }
    const full = await signer.signTypedData({
      domain: { name: DOMAIN_NAME, version: DOMAIN_VERSION, chainId, verifyingContract: escrow },
      types: { Voucher: VOUCHER_MEMBERS },
      primaryType: 'Voucher',
      message: voucher,
    })
    const signature = serializeCompactSignature(signatureToCompactSignature(parseSignature(full)))
    inFlight.set(signature, lane)
    const channel = { payer, payerAuthorizer: signer.address, offerId, lane: lane.number.toString() }
    const signed = { maxClaimableAmount: lane.signed.toString(), validUntil, signature }
    return { x402Version, payload: { type: 'voucher', channel, voucher: signed } }
  }

  const onPaymentResponse = async ({ paymentPayload, settleResponse }: PaymentResponseContext): Promise<void> => {
    const { voucher } = paymentPayload.payload as { voucher?: { signature?: string } }
    const lane = inFlight.get(voucher?.signature ?? '')
    if (!lane) return
    inFlight.delete(voucher?.signature ?? '')
    const receipt = settleResponse?.success ? receiptOf(settleResponse.extensions) : undefined
    // A seller that says nothing, or more than was signed, is not asked on this lane again: at most this voucher can be settled.
    const mine =
      receipt?.lane === lane.number && receipt.offerId === lane.offerId && isAddressEqual(receipt.payer, payer)
    if (mine && lanes.settle(lane, receipt.chargedCumulative)) onReceipt?.(receipt)
  }

  return { scheme: 'stoa-voucher', schemeHooks: { onPaymentResponse }, createPaymentPayload }
}

/** The receipt that came with the answer; undefined for anything else. */
function receiptOf(extensions: Record<string, unknown> | undefined): SignedReceipt | undefined {
  const told = extensions?.['stoa-receipt']
  const text = typeof told === 'object' && told && 'receipt' in told ? told.receipt : undefined
  if (typeof text !== 'string') return undefined
  try {
    return decodeReceiptHeader(text)
  } catch {
    return undefined
  }
}
