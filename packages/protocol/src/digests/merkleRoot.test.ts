import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { bytesToHex } from '../hex.ts'
import { referenceRoot } from '../reference/digests.ts'
import { merkleRoot, merkleState } from './merkleRoot.ts'

const KIB = 1024
/** Bytes that repeat nowhere, so that leaves in the wrong order are seen. */
const bytesOf = (length: number) => new Uint8Array(length).map((_, i) => Math.imul(i + 1, 0x9e37_79b1) >>> 24)

// Around leaves, around chunks of 64 KiB, and more than a MiB in all.
test.each([
  ...[0, 1, 511, 512, 513, 1023, 1025, 1536, 2560, 5 * 512 + 7],
  ...[64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 128 * KIB, 192 * KIB, 192 * KIB + 513, 320 * KIB, 1100 * KIB + 77],
])('%i bytes have the root that the independent implementation says', (length) => {
  const bytes = bytesOf(length)
  const expected = bytesToHex(referenceRoot(bytes))
  expect(bytesToHex(merkleRoot(bytes))).toBe(expected)
  const state = merkleState()
  for (let at = 0; at < length; at += 50_000) state.write(bytes.subarray(at, at + 50_000))
  expect(bytesToHex(state.root())).toBe(expected)
})

test('trees that are collected at the same time do not disturb each other', () => {
  const piece = fc.record({ tree: fc.nat({ max: 2 }), bytes: fc.nat({ max: 80 * KIB }).map(bytesOf) })
  const property = fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
    const trees = [merkleState(), merkleState(), merkleState()]
    for (const { tree, bytes } of pieces) trees[tree]?.write(bytes)
    const roots = trees.map((state) => bytesToHex(state.root()))
    const whole = trees.map((_, i) => Buffer.concat(pieces.filter(({ tree }) => tree === i).map(({ bytes }) => bytes)))
    expect(roots).toEqual(whole.map((bytes) => bytesToHex(referenceRoot(bytes))))
  })
  fc.assert(property, { numRuns: 10 })
})

test('roots are the same where there is no WebAssembly', async () => {
  vi.resetModules()
  vi.stubGlobal('WebAssembly', undefined)
  onTestFinished(() => {
    vi.unstubAllGlobals()
  })
  const plain = await import('./merkleRoot.ts')
  const bytes = bytesOf(70_001)
  expect(bytesToHex(plain.merkleRoot(bytes))).toBe(bytesToHex(merkleRoot(bytes)))
})
