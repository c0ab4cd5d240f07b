import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBpe } from './bpe/createBpe.ts'
import { createStreamDecoder } from './createStreamDecoder.ts'
import { SAMPLE_TEXT, smallBpe } from './testing/smallBpe.ts'

const bpe = createBpe({ ...smallBpe(SAMPLE_TEXT, 60), pattern: 'gpt2' })

test('text that comes id by id is the text, and no piece of it is half a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const decoder = createStreamDecoder(bpe)
      const pieces = [...bpe.encode(text)].map((id) => decoder.push([id]))
      expect(pieces.join('') + decoder.end()).toBe(text.toWellFormed())
      expect(pieces.every((piece) => piece.isWellFormed())).toBe(true)
    }),
  )
})

test('what is not UTF-8 is replaced as decoding all at once replaces it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const decoder = createStreamDecoder(bpe)
      const text = [...bpe.encode(bytes)].map((id) => decoder.push([id])).join('') + decoder.end()
      expect(text).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
    }),
  )
})
