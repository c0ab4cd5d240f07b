import { expect, it } from 'vitest'
import { plain } from './plain.ts'

it('writes what JSON can hold, and cuts long bytes', () => {
  const bytes = `0x${'ab'.repeat(300)}`
  expect(plain({ a: 2n ** 200n, b: [1, true, 'text'], c: { d: bytes } })).toEqual({
    a: `${2n ** 200n}`,
    b: [1, true, 'text'],
    c: { d: `0x${'ab'.repeat(256)}… 300 bytes` },
  })
  expect(plain(`0x${'ab'.repeat(256)}`)).toBe(`0x${'ab'.repeat(256)}`)
})
