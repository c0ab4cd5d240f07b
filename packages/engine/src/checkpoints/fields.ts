import { InvalidCheckpointError } from './errors.ts'

/** Members of a JSON object, each read as what it must be. A member that is `null` counts as not there. */
export type Fields = {
  /** Where the object stands in its file, such as `model.`; empty at the top. */
  readonly path: string
  readonly keys: readonly string[]
  has(key: string): boolean
  raw(key: string): unknown
  /** A whole number from 0 to 2^53 - 1. */
  whole(key: string, fallback?: number): number
  /** A finite number. */
  number(key: string, fallback?: number): number
  text(key: string, fallback?: string): string
  flag(key: string, fallback?: boolean): boolean
  list(key: string): readonly unknown[]
  fields(key: string): Fields
}

/** Reads `value` as an object; every method throws `InvalidCheckpointError` where a member is missing or of another type. */
export function fieldsOf(value: unknown, file: string, path = ''): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidCheckpointError(file, `${path === '' ? 'it' : `"${path.slice(0, -1)}"`} is not an object`)
  }
  const members = new Map<string, unknown>(Object.entries(value))
  const wrong = (key: string, what: string): never => {
    throw new InvalidCheckpointError(file, `"${path}${key}" is ${members.has(key) ? `not ${what}` : 'missing'}`)
  }
  const read = <T>(key: string, fallback: T | undefined, what: string, is: (value: unknown) => value is T): T => {
    const member = members.get(key) ?? fallback
    return is(member) ? member : wrong(key, what)
  }
  const isWhole = (v: unknown): v is number => Number.isSafeInteger(v) && Number(v) >= 0
  const isNumber = (v: unknown): v is number => Number.isFinite(v)
  const isText = (v: unknown): v is string => typeof v === 'string'
  const isFlag = (v: unknown): v is boolean => typeof v === 'boolean'
  const isList = (v: unknown): v is readonly unknown[] => Array.isArray(v)
  return {
    path,
    keys: [...members.keys()],
    has: (key) => (members.get(key) ?? null) !== null,
    raw: (key) => members.get(key) ?? undefined,
    whole: (key, fallback) => read(key, fallback, 'a whole number', isWhole),
    number: (key, fallback) => read(key, fallback, 'a number', isNumber),
    text: (key, fallback) => read(key, fallback, 'a text', isText),
    flag: (key, fallback) => read(key, fallback, 'true or false', isFlag),
    list: (key) => read(key, undefined, 'a list', isList),
    fields: (key) => fieldsOf(members.get(key), file, `${path}${key}.`),
  }
}
