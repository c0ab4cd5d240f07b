import { nodeOf, tensor } from '../../testing/values.ts'
import { type ExactType, elementsOf, type Value } from '../../value.ts'

/** A tensor whose elements repeat late and take both ends of a range. */
export const filled = (type: ExactType, dims: readonly number[], lo: number, hi: number): Value =>
  tensor(
    type,
    Array.from({ length: elementsOf(dims) }, (_, i) => lo + ((i * 7919 + (i >> 3)) % (hi - lo + 1))),
    dims,
  )

export const bytes = (dims: readonly number[]): Value => filled('u8', dims, 0, 255)

export const scalar = (type: ExactType, value: number): Value => tensor(type, [value], [])

/** The tensor `<name>_float`, which holds the integers of another. */
export const floatOf = (name: string) => nodeOf('Cast', [name], { to: 1 }, [`${name}_float`])
