/** A maximal run of code points of one class: first code point, last code point, class. */
export type ClassRange = readonly [first: number, last: number, kind: 1 | 2]

const isLetter = /^\p{L}$/u
const isNumber = /^\p{N}$/u

/**
 * Letters (1: general categories Lu, Ll, Lt, Lm, Lo) and numbers (2: Nd, Nl, No) as this JavaScript engine knows them. Run by an engine
 * whose `process.versions.unicode` is the pinned version, it gives the table in unicode/generated/.
 */
export function makeClassRanges(): ClassRange[] {
  const ranges: [number, number, 1 | 2][] = []
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const text = String.fromCodePoint(code)
    const kind = isLetter.test(text) ? 1 : isNumber.test(text) ? 2 : 0
    if (kind === 0) continue
    const last = ranges.at(-1)
    if (last && last[1] === code - 1 && last[2] === kind) last[1] = code
    else ranges.push([code, code, kind])
  }
  return ranges
}

/** `gap.length` of each range in base 36, gap from the end of the range before; letters first, then numbers. */
export function encodeClassRanges(ranges: readonly ClassRange[], kind: 1 | 2): string {
  let end = 0
  const parts: string[] = []
  for (const [first, last, of] of ranges) {
    if (of !== kind) continue
    const length = last - first + 1
    parts.push((first - end).toString(36) + (length === 1 ? '' : `.${length.toString(36)}`))
    end = last + 1
  }
  return parts.join(' ')
}

/** The source text of unicode/generated/classes.ts. */
export function classesSource(version: string): string {
  const ranges = makeClassRanges()
  const constant = (name: string, kind: 1 | 2) => `export const ${name} =\n  '${encodeClassRanges(ranges, kind)}'\n`
  return [
    '// Written by `node packages/engine/src/text/testing/writeClasses.ts`; specs/text.md says how to read it. Do not edit.\n',
    `export const UNICODE_VERSION = '${version}'\n`,
    constant('LETTERS', 1),
    constant('NUMBERS', 2),
  ].join('\n')
}
