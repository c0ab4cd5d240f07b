import { expect, test } from 'vitest'
import { requestIdOf } from './requestId.ts'

test('an id that can stand in a log is kept, another is made anew', () => {
  expect(requestIdOf('req_1.2:3-4')).toBe('req_1.2:3-4')
  const made = [undefined, '', 'a b', 'a\nb', '"', 'ä', 'x'.repeat(129)].map(requestIdOf)
  for (const id of made) expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(made).size).toBe(made.length)
})
