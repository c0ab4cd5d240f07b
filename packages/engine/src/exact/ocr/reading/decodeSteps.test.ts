import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeLiterally } from '../reference/readLiterally.ts'
import { decodeSteps } from './decodeSteps.ts'
import type { Steps } from './spellSteps.ts'

const ALPHABET = ['a', 'b', '茶', ' ']

/** Steps written as class, lead over the blank, lead over the space. */
const steps = (...list: readonly (readonly [number, number, number])[]): Steps => ({
  best: Int32Array.from(list, ([best]) => best),
  leads: Int32Array.from(list.flatMap(([, blank, space]) => [blank, space])),
})

describe('decodeSteps', () => {
  test('takes runs once, and what a blank parts twice', () => {
    expect(decodeSteps(steps([1, 99, 99], [1, 99, 99], [2, 99, 99], [0, 0, 99], [2, 99, 99]), ALPHABET)).toBe('abb')
  })

  test('reads a space where it comes near a blank, between characters, and once', () => {
    const gap = [0, 0, 62] as const
    expect(decodeSteps(steps(gap, [1, 99, 99], gap, gap, [4, 90, 0], [1, 99, 1], gap), ALPHABET)).toBe('a a')
    expect(decodeSteps(steps([1, 99, 99], [0, 0, 63], [3, 99, 99]), ALPHABET)).toBe('a茶')
  })

  test('leaves out what hardly differs from nothing', () => {
    expect(decodeSteps(steps([1, 40, 99], [2, 23, 99]), ALPHABET)).toBe('')
    expect(decodeSteps(steps([1, 40, 99], [2, 20, 99], [2, 24, 99]), ALPHABET)).toBe('ab')
    expect(decodeSteps(steps(), ALPHABET)).toBe('')
  })

  test('is what the specification says', () => {
    const step = fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 80 }), fc.nat({ max: 124 }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (list) => {
        expect(decodeSteps(steps(...list), ALPHABET)).toBe(decodeLiterally(steps(...list), ALPHABET).text)
      }),
      { numRuns: 500 },
    )
  })
})
