import { type Address, type Hex, MalformedMessageError, readOutside, type SignedVoucher } from '@stoa/protocol'
import type { DirectPayment } from '@stoa/sdk'
import { z } from 'zod'

/** A payment as `PAYMENT-SIGNATURE` carries it (specs/x402.md). */
export type ReadPayment =
  | { scheme: 'exact'; to: Address; payment: Omit<DirectPayment, 'offerId'> }
  | { scheme: 'stoa-voucher'; voucher: Omit<SignedVoucher, 'chainId' | 'escrow'>; authorizer: Address }

/** HTTP header that carries an x402 v2 payment. */
export const PAYMENT_HEADER = 'payment-signature'

const hexOf = (bytes: number) =>
  z.templateLiteral(['0x', z.string().regex(new RegExp(`^[0-9a-fA-F]{${2 * bytes}}$`))]).transform(lower)
const decimal = z
  .string()
  .regex(/^\d{1,78}$/)
  .transform(BigInt)

const address = hexOf(20)
const uint96 = decimal.refine((value) => value < 1n << 96n, 'must be less than 2^96')
const second = decimal.refine((value) => value < 1n << 53n, 'must be less than 2^53')

const exact = z.object({
  authorization: z.object({
    ...{ from: address, to: address, value: uint96, validAfter: second, validBefore: second },
    nonce: hexOf(32),
  }),
  signature: hexOf(65),
})

const voucher = z.object({
  type: z.literal('voucher'),
  channel: z.object({
    ...{ payer: address, payerAuthorizer: address, offerId: hexOf(32) },
    lane: decimal.refine((value) => value < 1n << 64n, 'must be less than 2^64'),
  }),
  voucher: z.object({
    maxClaimableAmount: uint96,
    validUntil: z
      .int()
      .nonnegative()
      .max(2 ** 40 - 1),
    signature: hexOf(64),
  }),
})

const envelope = z.discriminatedUnion('scheme', [
  z.object({ scheme: z.literal('exact'), network: z.string(), payload: exact }),
  z.object({ scheme: z.literal('stoa-voucher'), network: z.string(), payload: voucher }),
])

const outer = z.object({
  x402Version: z.literal(2),
  accepted: z.looseObject({ scheme: z.string(), network: z.string() }),
  payload: z.unknown(),
})

/** Reads the header: base64 of JSON. Throws `MalformedMessageError` that names what is wrong. Checks no signature. */
export function readPayment(header: string, network: string): ReadPayment {
  const { accepted, payload } = check(outer, parse(header))
  if (accepted.network !== network) throw malformed(`it is for ${accepted.network}, this node is paid on ${network}`)
  const read = check(envelope, { scheme: accepted.scheme, network, payload })
  if (read.scheme === 'exact') {
    const { from, to, value, ...times } = read.payload.authorization
    return { scheme: 'exact', to, payment: { payer: from, amount: value, ...times, signature: read.payload.signature } }
  }
  const { channel, voucher } = read.payload
  const { payer, payerAuthorizer: authorizer, offerId, lane } = channel
  const { maxClaimableAmount: maxCumulative, validUntil } = voucher
  const signature = new Uint8Array(Buffer.from(voucher.signature.slice(2), 'hex'))
  return { scheme: 'stoa-voucher', voucher: { payer, offerId, lane, maxCumulative, validUntil, signature }, authorizer }
}

function parse(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'))
  } catch {
    throw malformed('it is no base64 of JSON')
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = readOutside(schema, value, 'it')
  if (result.success) return result.data
  throw malformed(result.words.replace(/\.$/, ''))
}

const malformed = (why: string) => new MalformedMessageError('payment', why)

function lower(hex: Hex): Hex {
  return hex.toLowerCase() as Hex
}
