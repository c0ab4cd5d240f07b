import { expect, it } from 'vitest'
import { groupDigits } from './groupDigits.ts'

it.each([
  ['0', '0'],
  ['999', '999'],
  ['1000', '1 000'],
  ['-1234567.123456', '-1 234 567.123456'],
])('%s: %s', (number, shown) => {
  expect(groupDigits(number)).toBe(shown.replaceAll(' ', '\u202f'))
})
