import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromBase64Url, MalformedMessageError, toBase64Url } from './bytes.ts'

it('writes what Node writes, and reads it back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = toBase64Url(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      expect(fromBase64Url('test', text)).toEqual(bytes)
    }),
  )
})

it('reads no text but the one that it would write', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ABab01-_+/= é'), maxLength: 12 }), (text) => {
      try {
        expect(toBase64Url(fromBase64Url('test', text))).toBe(text)
      } catch (error) {
        if (!(error instanceof MalformedMessageError)) throw error
      }
    }),
    { numRuns: 2000 },
  )
})
