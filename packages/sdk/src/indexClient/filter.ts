type Value = string | number | bigint | null

/** A `WHERE` clause, or nothing, and what stands for its parameters. */
export type Filter = { where: string; params: Value[] }

/**
 * The conditions whose value is given, joined with `and`. A condition has `?` where its value goes; an array gives its values to as many
 * `?`. Conditions are this package's own text: only values come from outside, and they travel as parameters.
 */
export function filter(conditions: Readonly<Record<string, Value | readonly Value[] | undefined>>): Filter {
  const params: Value[] = []
  const parts = Object.entries(conditions).flatMap(([text, value]) => {
    if (value === undefined) return []
    const values: Value[] = Array.isArray(value) ? [...value] : [value as Value]
    return [text.replaceAll('?', () => `$${params.push(values.shift() ?? null)}`)]
  })
  return { where: parts.length > 0 ? `where ${parts.join(' and ')}` : '', params }
}

/**
 * A `LIMIT`, with an `OFFSET` where one is given, whose values join the parameters: the index takes every new text apart once, so texts stay the same
 * whatever the values are.
 */
export function page(params: Value[], limit: number, offset?: number): string {
  const place = (value: number) => `$${params.push(Math.trunc(value))}`
  return offset === undefined ? `limit ${place(limit)}` : `limit ${place(limit)} offset ${place(offset)}`
}
