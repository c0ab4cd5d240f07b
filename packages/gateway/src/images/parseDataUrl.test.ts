import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDataUrl } from './parseDataUrl.ts'

describe('parseDataUrl', () => {
  it('gives the bytes, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const url = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`
        expect([...parseDataUrl(url)]).toEqual([...bytes])
      }),
    )
  })

  it.each(['data:image/*;base64,AAAA', 'DATA:image/PNG;BASE64,AAAA', 'data:image/png;name=a.png;base64,AAAA'])(
    'takes %s',
    (url) => {
      expect(parseDataUrl(url)).toHaveLength(3)
    },
  )

  it.each([
    ['http://127.0.0.1/a.png', 'fetches none'],
    ['//host/a.png', 'fetches none'],
    ['file:///etc/passwd', 'fetches none'],
    ['/etc/passwd', 'fetches none'],
    ['', 'fetches none'],
    ['data:,', 'not in base64'],
    ['data:image/png;base64', 'not in base64'],
    ['data:image/png;base64,AAA A', 'malformed'],
    ['data:image/png;base64,AAAA=AAA', 'malformed'],
    ['data:image/png;base64,A', 'malformed'],
    ['data:;base64,AAAA', 'holds ""'],
    ['data:application/pdf;base64,AAAA', 'holds "application/pdf"'],
  ])('refuses %s', (url, why) => {
    expect(() => parseDataUrl(url)).toThrow(why)
  })
})
