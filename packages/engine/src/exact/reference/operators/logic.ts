import type { ExactType, Value } from '../../value.ts'
import { fromNumbers, type Inputs, inputAt, numbersOf, requireType } from '../elements.ts'
import { broadcastDims, broadcastIndices, pick } from '../indices.ts'
import type { Operator } from '../operator.ts'

function compare(
  inputs: Inputs,
  types: readonly ExactType[],
  holds: (a: number | bigint, b: number | bigint) => boolean,
): Value[] {
  const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)]
  requireType(a, ...types)
  requireType(b, a.type)
  const dims = broadcastDims(a.dims, b.dims)
  const [ofA, ofB] = [broadcastIndices(a.dims, dims), broadcastIndices(b.dims, dims)]
  const truths = ofA.map((at, i) => Number(holds(a.data[at] as number, b.data[ofB[i] as number] as number)))
  return [fromNumbers('bool', dims, truths)]
}

const NUMERIC = ['f32', 'i32', 'i64'] as const

export const equal: Operator = (_, inputs) => compare(inputs, NUMERIC, (a, b) => a === b)
export const less: Operator = (_, inputs) => compare(inputs, NUMERIC, (a, b) => a < b)
export const greater: Operator = (_, inputs) => compare(inputs, NUMERIC, (a, b) => a > b)
export const and: Operator = (_, inputs) => compare(inputs, ['bool'], (a, b) => a === 1 && b === 1)
export const or: Operator = (_, inputs) => compare(inputs, ['bool'], (a, b) => a === 1 || b === 1)

export const not: Operator = (_, inputs) => {
  const value = inputAt(inputs, 0)
  requireType(value, 'bool')
  return [
    fromNumbers(
      'bool',
      value.dims,
      numbersOf(value).map((truth) => 1 - truth),
    ),
  ]
}

/** The element of the first branch where the condition holds, else that of the second. */
export const where: Operator = (_, inputs) => {
  const [condition, yes, no] = [inputAt(inputs, 0), inputAt(inputs, 1), inputAt(inputs, 2)]
  requireType(condition, 'bool')
  requireType(no, yes.type)
  const dims = broadcastDims(condition.dims, broadcastDims(yes.dims, no.dims))
  const truths = pick(condition, dims, broadcastIndices(condition.dims, dims)).data
  const chosen = pick(yes, dims, broadcastIndices(yes.dims, dims))
  const other = pick(no, dims, broadcastIndices(no.dims, dims))
  for (let i = 0; i < truths.length; i++) if (truths[i] === 0) chosen.data[i] = other.data[i] as number
  return [chosen]
}
