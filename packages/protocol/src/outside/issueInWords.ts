import type { $ZodIssue, $ZodRawIssue } from 'zod/v4/core'

/** What is wrong with a member, to be read after its name: what it is, and what to write. Schemas may say it better. */
export function issueInWords(issue: $ZodRawIssue): string {
  const { input } = issue
  if (input === undefined && needs(issue)) return `is missing: give ${needs(issue)}`
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_value':
      return `must be ${needs(issue)}, and is ${shown(input)}`
    case 'invalid_union':
      return `must be ${needs(issue) || 'of another form'}, and is ${shown(issue.discriminator ? memberOf(input, issue.discriminator) : input)}`
    case 'too_big':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}, and ${measured(input)}`
    case 'too_small':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}, and ${measured(input)}`
    case 'invalid_format':
      return `must be ${formOf(issue.format, issue.pattern)}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}, and is ${shown(input)}`
    case 'unrecognized_keys':
      return `has ${listed(issue.keys.map(quoted), 'and')}, which nobody here knows: leave out, or correct the name`
    default:
      return 'is not as it should be'
  }
}

/** What a value must be; empty where that can't be said. */
function needs(issue: $ZodIssue | $ZodRawIssue): string {
  if (issue.code === 'invalid_type')
    return TYPES[isWhole(issue) ? 'int' : issue.expected] ?? `a value of the type ${issue.expected}`
  if (issue.code === 'invalid_value') return listed(issue.values.map(quoted), 'or')
  if (issue.code !== 'invalid_union') return ''
  if ('options' in issue && Array.isArray(issue.options)) return listed(issue.options.map(quoted), 'or')
  const forms = issue.errors.flatMap(([first]) => (first?.path.length === 0 && needs(first)) || [])
  return listed([...new Set(forms)], 'or')
}

/** A schema of whole numbers first asks for a number. */
function isWhole(issue: $ZodIssue | $ZodRawIssue): boolean {
  const def = 'inst' in issue && issue.inst?._zod.def
  return Boolean(def) && typeof def === 'object' && 'format' in def && def.format === 'safeint'
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  bigint: 'a whole number',
}

/** A value in few characters. Texts are told only as such where they are long: they may be secret, or of any length. */
function shown(value: unknown): string {
  if (Number.isNaN(value)) return 'none'
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value.length <= 20 ? quoted(value) : 'another text'
  if (value === undefined) return 'missing'
  return Array.isArray(value) ? 'a list' : 'an object'
}

function bound(origin: string, comparison: string, limit: number | bigint): string {
  const [one, many] = COUNTED[origin] ?? []
  return one ? `have ${comparison} ${limit} ${limit === 1 ? one : many}` : `be ${comparison} ${limit}`
}

const COUNTED: Readonly<Record<string, readonly [string, string]>> = {
  string: ['character', 'characters'],
  array: ['element', 'elements'],
}

function measured(value: unknown): string {
  return typeof value === 'string' || Array.isArray(value) ? `has ${value.length}` : `is ${shown(value)}`
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined
}

/** The form of a text, in words where they are known. */
function formOf(format: string, pattern = ''): string {
  const named = FORMATS[format]
  if (named) return named
  const [, hex, small] = /^\/?\^(0x)?\[0-9a-f(A-F)?\]/.exec(pattern) ?? []
  const [, count] = /^[^{]*\]\{(\d+)\}\$\/?$/.exec(pattern) ?? []
  if (count) return `${hex ? '0x and ' : ''}${count} hexadecimal digits${small ? '' : ', small letters'}`
  const [, many] = /^\/?\^\\d(\+|\{1,\d+\})\$\/?$/.exec(pattern) ?? []
  if (many) return `a text of digits${many === '+' ? '' : `, at most ${many.slice(3, -1)}`}`
  return pattern === '' ? `of the form ${format}` : `of the form ${pattern}`
}

const FORMATS: Readonly<Record<string, string>> = {
  url: 'a URL, such as http://127.0.0.1:8545',
  datetime: 'a time, such as 2026-01-01T00:00:00Z',
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value)
}

function listed(words: readonly string[], last: string): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}
