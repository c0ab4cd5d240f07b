import { hashTypedData } from 'viem'
import { expect, test } from 'vitest'
import { bytesToHex } from '../hex.ts'
import { domainSeparator } from './eip712.ts'
import { laneQueryDigest } from './laneQuery.ts'

test('the digest is that of EIP-712, as viem computes it', () => {
  const verifyingContract = '0x00000000000000000000000000000000000e5c40'
  const [payer, provider] = [`0x${'ab'.repeat(20)}`, `0x${'cd'.repeat(20)}`] as const
  const domain = { name: 'Stoa', version: '1', chainId: 10, verifyingContract } as const
  const types = {
    LaneQuery: [
      { name: 'payer', type: 'address' },
      { name: 'provider', type: 'address' },
      { name: 'at', type: 'uint40' },
    ],
  } as const
  const message = { payer, provider, at: 1_800_000_000 }
  const expected = hashTypedData({ domain, types, primaryType: 'LaneQuery', message })
  const separator = domainSeparator({ chainId: 10, verifyingContract })
  expect(bytesToHex(laneQueryDigest(separator, message))).toBe(expected)
})
