import { readOutside } from '@stoa/protocol'
import * as z from 'zod/mini'
import { InvalidRowsError } from './errors.ts'

/** Something to ask the index: a `SELECT`, what stands for its `$1`, `$2`, …, and how the rows of an answer are read. */
export type Question<answer> = {
  sql: string
  params: readonly (string | number | null)[]
  /** Throws `InvalidRowsError` for rows that are not what was asked for. */
  read(rows: unknown): answer
}

/** A question whose answer is a list of rows of `row`, whose names are those of the columns in camel case. */
export function question<row extends z.ZodMiniType>(
  row: row,
  sql: string,
  params: readonly (string | number | bigint | null | undefined)[] = [],
): Question<z.output<row>[]> {
  const rows = z.array(row)
  const plain = params.map((param) => (typeof param === 'bigint' ? `${param}` : (param ?? null)))
  return { sql, params: plain, read: (given) => readRows(rows, readRows(records, given).map(camelCase)) }
}

/** Rows, or what holds them, by `schema`. Throws `InvalidRowsError`. */
export function readRows<rows>(schema: z.ZodMiniType<rows>, given: unknown): rows {
  const read = readOutside(schema, given, 'It')
  if (!read.success) throw new InvalidRowsError(read.words)
  return read.data
}

const records = z.array(z.record(z.string(), z.unknown()))

/** The first row of another question's answer, or undefined. */
export function first<row>({ sql, params, read }: Question<row[]>): Question<row | undefined> {
  return { sql, params, read: (rows) => read(rows)[0] }
}

function camelCase(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )
}
