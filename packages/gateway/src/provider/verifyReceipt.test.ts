import { domainSeparator, type Receipt, receiptDigest, type SignedVoucher, tensorsDigest } from '@stoa/protocol'
import { javascriptSecp256k1 } from '@stoa/protocol/secp256k1'
import { expect, test } from 'vitest'
import { verifyReceipt } from './verifyReceipt.ts'

const secp256k1 = javascriptSecp256k1()
const key = new Uint8Array(32).fill(7)
const separator = domainSeparator({ chainId: 1, verifyingContract: `0x${'11'.repeat(20)}` })
const [offerId, weightsDigest, requestDigest] = [1, 2, 3].map((n) => `0x${`0${n}`.repeat(32)}` as const) as [
  `0x${string}`,
  `0x${string}`,
  `0x${string}`,
]
const payer = `0x${'22'.repeat(20)}` as const
const OPENED_AT = 1_000_000

/** Checks a receipt that was signed at a second, of a call that began at 1,000,000 and is looked at a minute later. */
function check(answeredAt: number, proofKind: 'exact' | 'attested') {
  const receipt: Receipt = {
    ...{ version: 1, offerId, payer, lane: 1n, voucherCumulative: 5n, weightsDigest, requestDigest },
    ...{ responseDigest: tensorsDigest([]), units: 1n, charge: 5n, chargedCumulative: 5n },
    ...{ requestedAt: OPENED_AT, answeredAt },
  }
  const signature = secp256k1.sign(receiptDigest(separator, receipt), key)
  const voucher = { payer, maxCumulative: 5n } as SignedVoucher
  const units = { least: 1n, most: 1n }
  const terms = { offerId, lane: 1n, charged: 0n, requestDigest, header: '', units, openedAt: OPENED_AT * 1000 }
  return verifyReceipt({
    ...{ receipt: { ...receipt, signature }, call: { ...terms, voucher }, price: 5_000_000n, weightsDigest, proofKind },
    ...{ response: [], secp256k1, separator, now: (OPENED_AT + 60) * 1000 },
  })
}

test('an exact answer is dated when it was given, as far as clocks agree', () => {
  for (const answeredAt of [OPENED_AT - 500, OPENED_AT, OPENED_AT + 600])
    expect(check(answeredAt, 'exact').signer).toBe(secp256k1.addressOf(key))
})

test.each([OPENED_AT - 700, OPENED_AT + 3_600])(
  'an exact answer dated %i is refused: the window in which it can be challenged would be another',
  (answeredAt) => {
    expect(() => check(answeredAt, 'exact')).toThrow('answeredAt')
    expect(check(answeredAt, 'attested').signer).toBe(secp256k1.addressOf(key))
  },
)
