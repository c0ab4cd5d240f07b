import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex, hexToBytes } from '../hex.ts'
import { InvalidSignatureError } from './compact.ts'
import { javascriptSecp256k1 } from './javascript.ts'
import { loadSecp256k1 } from './loadSecp256k1.ts'
import { nativeSecp256k1 } from './native.ts'
import { wasmSecp256k1 } from './wasm.ts'

const native = await nativeSecp256k1().catch(() => undefined)
const all = [...(native ? [native] : []), await wasmSecp256k1(), javascriptSecp256k1()]
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => {
  bytes[0] = 1 // between 1 and the order
  return bytes
})
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe.each(all)('$kind', (library) => {
  // The first development account of Foundry and Hardhat: "test test … junk", m/44'/60'/0'/0/0.
  it('derives the address of a known key', () => {
    const key = hexToBytes('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80')
    expect(library.addressOf(key)).toBe('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266')
  })

  it('recovers what it signed', () => {
    fc.assert(
      fc.property(key, digest, (key, digest) => {
        expect(library.recover(digest, library.sign(digest, key))).toBe(library.addressOf(key))
      }),
      { numRuns: 50 },
    )
  })

  it('refuses bytes that are no signature', () => {
    const text = new TextEncoder().encode('not a signature')
    expect(() => library.recover(new Uint8Array(32), text)).toThrow(InvalidSignatureError)
  })

  it('refuses a high s and a signature that recovers nothing', () => {
    const high = new Uint8Array(64).fill(0x7f)
    expect(() => library.recover(new Uint8Array(32), high)).toThrow(InvalidSignatureError)
    expect(() => library.recover(new Uint8Array(32), new Uint8Array(64))).toThrow(InvalidSignatureError)
  })
})

it('all sign alike (RFC 6979) and recover alike', () => {
  fc.assert(
    fc.property(key, digest, (key, digest) => {
      const signatures = all.map((library) => bytesToHex(library.sign(digest, key)))
      expect(new Set(signatures).size).toBe(1)
      const [first] = signatures
      if (first) expect(new Set(all.map((library) => library.recover(digest, hexToBytes(first)))).size).toBe(1)
    }),
    { numRuns: 50 },
  )
})

it('loads the fastest', async () => {
  expect((await loadSecp256k1()).kind).toBe(native ? 'native' : 'wasm')
})
