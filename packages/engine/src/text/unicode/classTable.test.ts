import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { classesSource } from '../testing/makeClassRanges.ts'
import { classTable, LETTER, NUMBER, OTHER, SPACE } from './classTable.ts'
import { UNICODE_VERSION } from './generated/classes.ts'

describe('classes of code points', () => {
  const table = classTable()

  test('have the digest that specs/text.md names', async () => {
    const all = new Uint8Array(0x110000)
    all.set(table)
    const digest = createHash('sha256').update(all).digest('hex')
    const spec = await readFile(new URL('../../../../../specs/text.md', import.meta.url), 'utf8')
    expect(spec).toContain(digest)
    expect(spec).toContain(`Unicode ${UNICODE_VERSION}`)
  })

  test.runIf(process.versions.unicode === UNICODE_VERSION)('are those of an engine of the same version', async () => {
    const written = await readFile(new URL('./generated/classes.ts', import.meta.url), 'utf8')
    expect(written).toBe(classesSource(UNICODE_VERSION))
  })

  test('tell letters, numbers and spaces apart', () => {
    const kind = (text: string) => table[text.codePointAt(0) ?? 0] ?? OTHER
    expect([...'aZßЖ漢ª'].map(kind)).toEqual(Array(6).fill(LETTER))
    expect([...'09٣Ⅷ½²'].map(kind)).toEqual(Array(6).fill(NUMBER))
    expect([...' \t\n\r\u0085\u00a0\u3000\u2028'].map(kind)).toEqual(Array(8).fill(SPACE))
    // A zero-width space and a byte order mark are no spaces; JavaScript's \s has the second.
    expect([..."_-'\u0301\u200b\ufeff🎉\u{10ffff}"].map(kind)).toEqual(Array(8).fill(OTHER))
  })
})
