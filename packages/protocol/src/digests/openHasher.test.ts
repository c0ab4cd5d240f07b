import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesToHex } from '../hex.ts'
import { HASH_BYTES, plainHasher, wasmHasher } from './openHasher.ts'

const CAPACITY = 8192

test.each([
  { kind: 'WebAssembly', open: wasmHasher },
  { kind: 'one message after another', open: plainHasher },
])('$kind: messages of any count, length and tag, as another library hashes each', ({ open }) => {
  // One hasher for all, so that what it did before is in its memory.
  const { memory, hash } = open(CAPACITY)
  const bytes = fc.uint8Array({ maxLength: CAPACITY, size: 'max' })
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 9 }), fc.nat({ max: 255 }), (bytes, blocks, tag) => {
      const size = 64 * blocks
      const messages = Array.from({ length: Math.floor(bytes.length / size) }, (_, i) =>
        bytes.subarray(size * i, size * (i + 1)),
      )
      memory.set(bytes)
      hash(messages.length, blocks, tag)
      for (const [i, message] of messages.entries()) {
        const found = memory.subarray(HASH_BYTES * i, HASH_BYTES * (i + 1))
        expect(bytesToHex(found)).toBe(bytesToHex(sha256(Uint8Array.of(tag, ...message))))
      }
    }),
  )
})
