import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesToHex } from '../hex.ts'
import { keccak256, wasmKeccak256 } from './keccak256.ts'

// One for all, so that what it did before is in its memory.
const hash = wasmKeccak256()

test('the hash of nothing is the one that Ethereum knows', () => {
  expect(bytesToHex(keccak256(new Uint8Array()))).toBe(
    '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
  )
})

test('messages of every length around the ends of blocks, as another library hashes each', () => {
  for (let length = 0; length < 600; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255)
    expect(bytesToHex(hash(bytes))).toBe(bytesToHex(keccak_256(bytes)))
  }
})

test('any message, as another library hashes it, beyond the memory of the module too', () => {
  const lengths = fc.oneof(fc.nat(2_000), fc.integer({ min: 65_000, max: 66_000 }))
  const bytes = lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
  fc.assert(
    fc.property(bytes, (bytes) => {
      expect(bytesToHex(hash(bytes))).toBe(bytesToHex(keccak_256(bytes)))
    }),
    { numRuns: 50 },
  )
})
