import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from './parseJson.ts'

const parse = (text: string) => parseJson(new TextEncoder().encode(text), 'x.json')

describe('strict JSON', () => {
  test('is JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.jsonValue(), (text, value) => {
        expect(parse(text)).toEqual(JSON.parse(text))
        const indented = JSON.stringify(value, null, 1)
        expect(parse(indented)).toEqual(JSON.parse(indented))
      }),
    )
  })

  test.each(['{"a":1,"a":1}', '{"b":[{"a":{},"\\u0061" :2}]}', '{"a":"}","x":{"a":"a"},"a":3}', '{"\\"":1,"\\"":2}'])(
    'refuses a key twice in one object: %s',
    (text) => expect(() => parse(text)).toThrow('is there twice'),
  )

  test.each(['{"a":"a","b":["a","a"],"c":{"a":1}}', '[{"a":1},{"a":2}]', '{"a":"\\"a\\":","b":1}'])(
    'takes %s',
    (text) => {
      expect(parse(text)).toEqual(JSON.parse(text))
    },
  )

  test('refuses what is not UTF-8, and a byte order mark', () => {
    expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22), 'x.json')).toThrow('it is not UTF-8')
    expect(() => parse('\ufeff{}')).toThrow('it is not JSON')
  })

  test('reads deep nesting without running out of stack', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000)
    expect(() => parse(deep)).not.toThrow(RangeError)
  })
})
