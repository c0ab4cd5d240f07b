import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeOfferTerms, parseOfferTerms } from './offerTerms.ts'

test('terms have one form, and what is none is refused', () => {
  const terms = { stoa: 'terms/1', retentionSeconds: 86_400 } as const
  expect(new TextDecoder().decode(encodeOfferTerms(terms))).toBe('{"retentionSeconds":86400,"stoa":"terms/1"}')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (retentionSeconds) => {
      expect(parseOfferTerms(encodeOfferTerms({ ...terms, retentionSeconds }))).toEqual({ ...terms, retentionSeconds })
    }),
  )
  for (const wrong of ['', '{}', '{"stoa":"terms/1"}', '{"stoa":"terms/1","retentionSeconds":-1}', ' '.repeat(5_000)])
    expect(() => parseOfferTerms(new TextEncoder().encode(wrong))).toThrow(
      expect.objectContaining({ code: 'INVALID_TERMS' }),
    )
})
