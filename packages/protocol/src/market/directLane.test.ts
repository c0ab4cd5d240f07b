import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesToHex } from '../hex.ts'
import { directLaneOf, FIRST_DIRECT_LANE, isDirectLane } from './directLane.ts'

test('is always one that vouchers may not use, and holds the end of the nonce', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (nonce) => {
      const lane = directLaneOf(bytesToHex(nonce))
      expect(isDirectLane(lane)).toBe(true)
      expect(lane < 1n << 64n).toBe(true)
      expect(BigInt.asUintN(56, lane)).toBe(BigInt(bytesToHex(nonce.subarray(25))))
    }),
  )
})

test('the last lane below is not one', () => {
  expect(isDirectLane(FIRST_DIRECT_LANE - 1n)).toBe(false)
  expect(isDirectLane(FIRST_DIRECT_LANE)).toBe(true)
})
