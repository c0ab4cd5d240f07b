import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCtc } from './decodeCtc.ts'

const ALPHABET = ['a', 'b', ' ']

/** Probabilities for a string with one character a step, `-` the blank: 0.9 for it, the rest shared by the others but the space. */
function steps(path: string, likeliest = 0.9): Float32Array {
  const classes = ['-', ...ALPHABET]
  return Float32Array.from(
    [...path].flatMap((c) => classes.map((k) => (k === c ? likeliest : k === ' ' ? 0 : (1 - likeliest) / 2))),
  )
}

test.each([
  ['', ''],
  ['---', ''],
  ['ab', 'ab'],
  ['aaabb', 'ab'],
  ['aa-a', 'aa'],
  ['a b', 'a b'],
  ['a- -b', 'a b'],
  ['  a  ', 'a'],
])('reads %j as %j', (path, text) => {
  expect(decodeCtc(steps(path), ALPHABET).text).toBe(text)
})

test('any text comes back from a path with every character repeated and blanks between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b'), { maxLength: 20 }),
      fc.integer({ min: 1, max: 3 }),
      (text, times) => {
        const path = text.map((c) => c.repeat(times)).join('-')
        expect(decodeCtc(steps(path), ALPHABET).text).toBe(text.join(''))
      },
    ),
  )
})

test('scores the mean over characters of their likeliest step', () => {
  const values = steps('aab')
  values.set([0.4, 0.6], 0)
  const { score } = decodeCtc(values, ALPHABET)
  expect(score).toBeCloseTo((0.9 + 0.9) / 2, 6)
  expect(decodeCtc(steps('ab', 0.6), ALPHABET).score).toBeCloseTo(0.6, 6)
  expect(decodeCtc(steps('--'), ALPHABET)).toEqual({ text: '', score: 0 })
})

test('takes a space that the blank outweighs, between characters only, and once', () => {
  const values = steps('-a--b-')
  for (const step of [0, 2, 3, 5]) values[step * 4 + 3] = 0.03
  expect(decodeCtc(values, ALPHABET).text).toBe('a b')
  for (const step of [2, 3]) values[step * 4 + 3] = 0.01
  expect(decodeCtc(values, ALPHABET).text).toBe('ab')
})
