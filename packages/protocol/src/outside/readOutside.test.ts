import { expect, test } from 'vitest'
import { z } from 'zod'
import { readOutside, readOutsideJson } from './readOutside.ts'

const hex = (bytes: number, digits = '0-9a-fA-F') =>
  z.templateLiteral(['0x', z.string().regex(new RegExp(`^[${digits}]{${2 * bytes}}$`))])

/** What is said of `value`. */
function words(schema: z.ZodType, value: unknown): string {
  const read = readOutside(schema, value, 'The body')
  return read.success ? '' : read.words
}
/** What is said of a member `m`. */
const wordsOf = (schema: z.ZodType, m?: unknown) => words(z.object({ m: schema }), { m })

test.each([
  [z.string(), undefined, '"m" is missing: give a text.'],
  [z.enum(['a', 'b', 'c']), undefined, '"m" is missing: give "a", "b" or "c".'],
  [z.enum(['a', 'b', 'c']), 'd', '"m" must be "a", "b" or "c", and is "d".'],
  [z.literal('a'), 'what nobody else shall read', '"m" must be "a", and is another text.'],
  [z.string(), 3, '"m" must be a text, and is 3.'],
  [z.int(), 1.5, '"m" must be a whole number, and is 1.5.'],
  [z.coerce.number(), 'x', '"m" must be a number, and is none.'],
  [z.boolean(), null, '"m" must be true or false, and is null.'],
  [z.array(z.int()), {}, '"m" must be a list, and is an object.'],
  [z.record(z.string(), z.int()), [], '"m" must be an object, and is a list.'],
  [z.int().max(65_535), 70_000, '"m" must be at most 65535, and is 70000.'],
  [z.int().positive(), 0, '"m" must be more than 0, and is 0.'],
  [z.string().min(1), '', '"m" must have at least 1 character, and has 0.'],
  [z.array(z.int()).max(2), [1, 2, 3], '"m" must have at most 2 elements, and has 3.'],
  [hex(20), '0x', '"m" must be 0x and 40 hexadecimal digits.'],
  [hex(32, '0-9a-f'), '0xAB', '"m" must be 0x and 64 hexadecimal digits, small letters.'],
  [z.string().regex(/^\d+$/), 'x', '"m" must be a text of digits.'],
  [z.string().regex(/^\d{1,30}$/), 'x', '"m" must be a text of digits, at most 30.'],
  [z.string().regex(/^a$/), 'x', '"m" must be of the form /^a$/.'],
  [z.string().regex(/^a$/, 'must be an a'), 'x', '"m" must be an a.'],
  [z.url({ protocol: /^https?$/ }), 'ftp://a', '"m" must be a URL, such as http://127.0.0.1:8545.'],
  [z.int().multipleOf(4), 3, '"m" must be a multiple of 4, and is 3.'],
  [z.bigint().refine((wei) => wei > 0n), 0n, '"m" is not as it should be.'],
] as const)('says what is wrong with a member, and what to write (%#)', (schema, value, said) => {
  expect(wordsOf(schema, value)).toBe(said)
})

test('of several forms the one that the value comes nearest to tells what is wrong', () => {
  const content = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))])
  expect(wordsOf(content)).toBe('"m" is missing: give a text or a list.')
  expect(wordsOf(content, 3)).toBe('"m" must be a text or a list, and is 3.')
  expect(wordsOf(content, [{}])).toBe('"m.0.type" is missing: give a text.')
  const kinds = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), n: z.int() }),
    z.object({ kind: z.literal('b') }),
  ])
  expect(wordsOf(kinds, { kind: 'c' })).toBe('"m.kind" must be "a" or "b", and is "c".')
  expect(wordsOf(kinds, { kind: 'a' })).toBe('"m.n" is missing: give a whole number.')
  expect(wordsOf(kinds)).toBe('"m" is missing: give an object.')
})

test('a member that nobody knows is named, with where it is', () => {
  const rules = z.object({ provider: z.strictObject({ sort: z.string().optional() }) })
  expect(words(rules, { provider: { sorts: 'price' } })).toBe(
    '"provider" has "sorts", which nobody here knows: leave out, or correct the name.',
  )
})

test('the whole is called what its reader calls it; of many problems four are told, and how many more there are', () => {
  const five = z.object(Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, z.int()])))
  expect(words(five, [])).toBe('The body must be an object, and is a list.')
  expect(words(five, undefined)).toBe('The body is missing: give an object.')
  const read = readOutside(five, {}, 'The body')
  expect(read).toMatchObject({ success: false, member: 'a' })
  expect(read.success || read.problems.length).toBe(6)
  expect(words(five, {})).toMatch(/^"a" is missing.*"d" is missing: give a whole number\. And 2 more\.$/)
  expect(readOutside(five, { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }, 'It')).toMatchObject({
    success: true,
    data: { a: 1 },
  })
})

test('JSON is read from text and from bytes, and what is none says where', () => {
  const schema = z.object({ n: z.int() })
  expect(readOutsideJson(schema, '{"n":1}', 'The file')).toEqual({ success: true, data: { n: 1 } })
  expect(readOutsideJson(schema, new TextEncoder().encode('{"n":1}'), 'The file')).toMatchObject({ success: true })
  const said = (json: string | Uint8Array) => {
    const read = readOutsideJson(schema, json, 'The file')
    return read.success ? '' : read.words
  }
  expect(said('{"n":1')).toMatch(/^The file is not JSON in UTF-8: .*position 6/)
  expect(said(Uint8Array.of(0xff))).toBe('The file is not JSON in UTF-8: it is not UTF-8.')
  expect(said('{"n":"1"}')).toBe('"n" must be a whole number, and is "1".')
})
