import { expect, it } from 'vitest'
import { dayName, dayOf } from './days.ts'

it('counts days in UTC', () => {
  expect(dayOf(86_399)).toBe(0)
  expect(dayOf(86_400)).toBe(1)
  expect(dayName(dayOf(Date.UTC(2026, 10, 21, 23, 59) / 1000))).toBe('21 Nov')
})
