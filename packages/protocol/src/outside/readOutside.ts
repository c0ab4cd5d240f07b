import { type $ZodIssue, type $ZodType, safeParse } from 'zod/v4/core'
import { issueInWords } from './issueInWords.ts'

/** Something that is wrong with outside data. */
export type OutsideProblem = {
  /** Members on the way to what is wrong, the outermost first; none: the whole is. */
  path: readonly string[]
  /** What is wrong and what to write, to be read after the member's name: `is missing: give a text`. */
  says: string
}

/** Outside data as a schema has it, or what is wrong with it: `words` are sentences for people, `member` is the first that is wrong, undefined for the whole. */
export type OutsideRead<T> =
  | { success: true; data: T }
  | { success: false; problems: readonly OutsideProblem[]; words: string; member: string | undefined }

/** Problems that `words` tells; of the others it tells how many there are. */
const MOST_TOLD = 4

/** Reads a value from outside. `whole` is what people call it, such as "The body". */
export function readOutside<T>(schema: $ZodType<T>, value: unknown, whole: string): OutsideRead<T> {
  const result = safeParse(schema, value, { error: issueInWords })
  return result.success ? result : refused(result.error.issues.flatMap(problemsOf), whole)
}

/** Reads JSON from outside, as text or as UTF-8. `whole` is what people call it, such as "The body". */
export function readOutsideJson<T>(schema: $ZodType<T>, json: string | Uint8Array, whole: string): OutsideRead<T> {
  let value: unknown
  try {
    value = JSON.parse(typeof json === 'string' ? json : new TextDecoder('utf-8', { fatal: true }).decode(json))
  } catch (cause) {
    const why = cause instanceof SyntaxError ? cause.message : 'it is not UTF-8'
    return refused([{ path: [], says: `is not JSON in UTF-8: ${why}` }], whole)
  }
  return readOutside(schema, value, whole)
}

function refused<T>(problems: readonly OutsideProblem[], whole: string): OutsideRead<T> {
  const told = problems.slice(0, MOST_TOLD).map(({ path, says }) => {
    return `${path.length > 0 ? `"${path.join('.')}"` : whole} ${says}.`
  })
  const more = problems.length - told.length
  const words = [...told, ...(more > 0 ? [`And ${more} more.`] : [])].join(' ')
  return { success: false, problems, words, member: problems[0]?.path.join('.') || undefined }
}

/** Of several forms that a value may have, the one that it comes nearest to tells what is wrong. */
function problemsOf(issue: $ZodIssue): OutsideProblem[] {
  const path = issue.path.map(String)
  if (issue.code !== 'invalid_union') return [{ path, says: issue.message }]
  const near = issue.errors.find((form) => form.length > 0 && form.every(isInside))
  if (!near) return [{ path, says: issue.message }]
  return near.flatMap(problemsOf).map((inner) => ({ ...inner, path: [...path, ...inner.path] }))
}

/** Whether the value has the right type, and something in it or about it is wrong. */
function isInside({ code, path }: $ZodIssue): boolean {
  return path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_value')
}
