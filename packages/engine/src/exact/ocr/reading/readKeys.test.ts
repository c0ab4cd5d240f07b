import { expect, test } from 'vitest'
import { InvalidModelError } from '../../../inference/errors.ts'
import { readKeys } from './readKeys.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('makes a class of every line, and one of the space', () => {
  expect(readKeys(bytes('a\n茶\n\nb')).alphabet).toEqual(['a', '茶', '', 'b', ' '])
  expect(readKeys(bytes('\u{feff}a\n')).alphabet).toEqual(['\u{feff}a', ' '])
})

test.each([
  ['is not UTF-8', Uint8Array.of(0x61, 0xff, 0x0a)],
  ['has a carriage return', bytes('a\r\nb\n')],
  ['has a line of more than 64 bytes', bytes(`${'茶'.repeat(22)}\n`)],
])('refuses what %s', (why, file) => {
  expect(() => readKeys(file)).toThrow(InvalidModelError)
  expect(() => readKeys(file)).toThrow(why)
})
