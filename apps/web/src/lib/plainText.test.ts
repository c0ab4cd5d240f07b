import fc from 'fast-check'
import { expect, it } from 'vitest'
import { plainText, webLink } from './plainText.ts'

it.each([
  ['a <script>alert(1)</script>', 'a <script>alert(1)</script>'],
  ['stoa\u202etxt.exe', 'stoatxt.exe'],
  ['\u2067evil\u2069 name', 'evil name'],
  ['two\n\tlines\u0000', 'two lines'],
  ['שלום', 'שלום'],
  ['e\u0301\u0301\u0301\u0301\u0301', 'e\u0301\u0301\u0301'],
  ['zero\u200bwidth', 'zerowidth'],
])('shows %j as %j', (text, shown) => {
  expect(plainText(text)).toBe(shown)
})

it('cuts what is long, between characters, and shows that it did', () => {
  expect(plainText('😀'.repeat(50), 10)).toBe(`${'😀'.repeat(9)}…`)
  expect(plainText('a'.repeat(10_000_000), 10)).toBe('aaaaaaaaa…')
})

it('never gives more than it may, and nothing that reorders', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), fc.integer({ min: 1, max: 100 }), (text, most) => {
      const shown = plainText(text, most)
      expect([...shown].length).toBeLessThanOrEqual(most)
      expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|\p{Cc}/u)
    }),
  )
})

it.each([
  ['https://example.com/a', 'https://example.com/a'],
  ['http://example.com', 'http://example.com/'],
  ['javascript:alert(1)', undefined],
  ['JaVaScRiPt:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['https://bank.example@evil.example', undefined],
  ['PaddleOCR, by Baidu', undefined],
])('links %j: %j', (text, link) => {
  expect(webLink(text)).toBe(link)
})
