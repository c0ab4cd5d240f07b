import {
  bytesToHex,
  domainSeparator,
  RECEIPT_TYPE,
  type Receipt,
  receiptDigest,
  VOUCHER_TYPE,
  type Voucher,
  voucherDigest,
} from '@stoa/protocol'
import { escrowAbi, providerRegistryAbi } from '@stoa/protocol/abi'
import fc from 'fast-check'
import { type Hex, hashTypedData } from 'viem'
import { readContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Market, openMarket } from '../testing/openMarket.ts'

/** EIP-712 types as viem wants them, from the type string that both specifications state. */
function fieldsOf(type: string): { name: string; type: string }[] {
  const members = type.slice(type.indexOf('(') + 1, -1).split(',')
  return members.map((member) => {
    const [kind = '', name = ''] = member.split(' ')
    return { name, type: kind }
  })
}

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value): Hex => bytesToHex(value))
const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })
const seconds = uint(40).map(Number)

const vouchers: fc.Arbitrary<Voucher> = fc.record({
  payer: bytes(20),
  offerId: bytes(32),
  lane: uint(64),
  maxCumulative: uint(96),
  validUntil: seconds,
})
const receipts: fc.Arbitrary<Receipt> = fc.record({
  version: fc.nat(255),
  offerId: bytes(32),
  payer: bytes(20),
  lane: uint(64),
  voucherCumulative: uint(96),
  weightsDigest: bytes(32),
  requestDigest: bytes(32),
  responseDigest: bytes(32),
  units: uint(64),
  charge: uint(96),
  chargedCumulative: uint(96),
  requestedAt: seconds,
  answeredAt: seconds,
})

let market: Market
beforeAll(async () => {
  market = await openMarket()
})
afterAll(() => market.close())

test('a voucher’s digest is the same here, in viem and in the contract', async () => {
  const { chainId, escrow } = market.deployment
  const separator = domainSeparator({ chainId, verifyingContract: escrow })
  const domain = { name: 'Stoa', version: '1', chainId, verifyingContract: escrow }
  const types = { Voucher: fieldsOf(VOUCHER_TYPE) }
  await fc.assert(
    fc.asyncProperty(vouchers, async (voucher) => {
      const digest = bytesToHex(voucherDigest(separator, voucher))
      expect(hashTypedData({ domain, types, primaryType: 'Voucher', message: { ...voucher } })).toBe(digest)
      const { payer, offerId, lane, maxCumulative, validUntil } = voucher
      const args = [payer, offerId, lane, maxCumulative, validUntil] as const
      const query = { address: escrow, abi: escrowAbi, functionName: 'voucherDigest', args } as const
      expect(await readContract(market.faucet, query)).toBe(digest)
    }),
    { numRuns: 200 },
  )
})

test('a receipt’s digest is the same here, in viem and in the contract', async () => {
  const { chainId, providerRegistry } = market.deployment
  const separator = domainSeparator({ chainId, verifyingContract: providerRegistry })
  const domain = { name: 'Stoa', version: '1', chainId, verifyingContract: providerRegistry }
  const types = { Receipt: fieldsOf(RECEIPT_TYPE) }
  await fc.assert(
    fc.asyncProperty(receipts, async (receipt) => {
      const digest = bytesToHex(receiptDigest(separator, receipt))
      expect(hashTypedData({ domain, types, primaryType: 'Receipt', message: { ...receipt } })).toBe(digest)
      const query = { address: providerRegistry, abi: providerRegistryAbi, functionName: 'receiptDigest' } as const
      expect(await readContract(market.faucet, { ...query, args: [receipt] })).toBe(digest)
    }),
    { numRuns: 200 },
  )
})
