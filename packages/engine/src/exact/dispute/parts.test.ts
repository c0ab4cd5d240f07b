import { bytesToHex } from '@stoa/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeStates, encodeState, partsOf } from './parts.ts'

const run = fc.record({ first: fc.nat(1000), chunks: fc.integer({ min: 2, max: 2 ** 20 }) })

test('parts follow each other, make up the run, and are 128 at most for all folds together', () => {
  fc.assert(
    fc.property(run, fc.integer({ min: 1, max: 40 }), (whole, folds) => {
      const { levels, parts } = partsOf(whole, folds)
      let at = whole.first
      for (const part of parts) {
        expect(part.first).toBe(at)
        at += part.chunks
      }
      expect(at).toBe(whole.first + whole.chunks)
      expect(parts.length).toBeGreaterThan(1)
      expect(parts.length).toBeLessThanOrEqual(2 ** levels)
      expect(parts.length * folds).toBeLessThanOrEqual(Math.max(128, 2 * folds))
    }),
  )
})

test('narrowing ends at one chunk', () => {
  fc.assert(
    fc.property(run, fc.nat(), (whole, choice) => {
      let [left, rounds] = [whole, 0]
      while (left.chunks > 1) {
        const { parts } = partsOf(left)
        left = parts[choice % parts.length] ?? left
        rounds++
      }
      expect(rounds).toBeLessThanOrEqual(Math.ceil(Math.ceil(Math.log2(whole.chunks)) / 7))
    }),
  )
})

test('states are 16 bytes of two’s complement', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n })), (states) => {
      const bytes = Uint8Array.from(states.flatMap((state) => [...encodeState(state)]))
      expect(decodeStates(bytesToHex(bytes))).toEqual(states)
    }),
  )
  expect(bytesToHex(encodeState(-2n))).toBe(`0x${'ff'.repeat(15)}fe`)
})
