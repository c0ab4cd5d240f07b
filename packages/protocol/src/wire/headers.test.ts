import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bytesToHex, type Hex } from '../hex.ts'
import { MalformedMessageError, toBase64Url } from './bytes.ts'
import { decodeReceiptHeader, encodeReceiptHeader } from './receiptHeader.ts'
import { decodeVoucherHeader, encodeVoucherHeader } from './voucherHeader.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const hex = (length: number) => bytes(length).map((b): Hex => bytesToHex(b))
const uint = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
const number = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 })
const call = { payer: hex(20), offerId: hex(32), lane: uint(64), signature: bytes(64) }
const voucher = fc.record({
  ...call,
  chainId: number(48),
  escrow: hex(20),
  maxCumulative: uint(96),
  validUntil: number(40),
})
const receipt = fc.record({
  ...call,
  version: fc.constant(1),
  voucherCumulative: uint(96),
  weightsDigest: hex(32),
  requestDigest: hex(32),
  responseDigest: hex(32),
  units: uint(64),
  charge: uint(96),
  chargedCumulative: uint(96),
  requestedAt: number(40),
  answeredAt: number(40),
})

it('vouchers come back as they went', () => {
  fc.assert(
    fc.property(voucher, (v) => {
      expect(decodeVoucherHeader(encodeVoucherHeader(v))).toEqual(v)
    }),
  )
})

it('receipts come back as they went', () => {
  fc.assert(
    fc.property(receipt, (r) => {
      expect(decodeReceiptHeader(encodeReceiptHeader(r))).toEqual(r)
    }),
  )
})

it.each(['', 'A', 'AA==', '§', toBase64Url(new Uint8Array(168)), toBase64Url(new Uint8Array(167))])(
  'refuses "%s"',
  (text) => {
    expect(() => decodeVoucherHeader(text)).toThrow(MalformedMessageError)
    expect(() => decodeReceiptHeader(text)).toThrow(MalformedMessageError)
  },
)

it('refuses amounts that do not fit', () => {
  const tooMuch = fc.sample(voucher, 1).map((v) => ({ ...v, maxCumulative: 1n << 96n }))
  for (const v of tooMuch) expect(() => encodeVoucherHeader(v)).toThrow('maxCumulative')
})
