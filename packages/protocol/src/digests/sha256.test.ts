import { describe, expect, test } from 'vitest'
import { sha256 as ofNode } from '../node/sha256.ts'
import { sha256 as ofNoble } from './sha256.ts'

/** NIST's examples for SHA-256 (FIPS 180-2, appendix B) and the hash of nothing. */
const EXAMPLES = [
  { text: '', hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
  { text: 'abc', hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
  {
    text: 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    hash: '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  },
  { text: 'a'.repeat(1_000_000), hash: 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0' },
]

describe.each([
  { of: 'Node', sha256: ofNode },
  { of: 'noble', sha256: ofNoble },
])('SHA-256 of $of', ({ sha256 }) => {
  test.each(EXAMPLES)('is as published for $text.length characters, in one part and in several', ({ text, hash }) => {
    const bytes = new TextEncoder().encode(text)
    const hex = (...parts: Uint8Array[]) => Buffer.from(sha256(...parts)).toString('hex')
    expect(hex(bytes)).toBe(hash)
    expect(hex(bytes.subarray(0, 2), bytes.subarray(2), new Uint8Array())).toBe(hash)
  })
})
