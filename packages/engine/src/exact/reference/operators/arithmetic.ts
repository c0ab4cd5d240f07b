import type { ExactType, Value } from '../../value.ts'
import {
  fromIntegers,
  fromNumbers,
  type Inputs,
  inputAt,
  larger,
  numbersOf,
  requireType,
  smaller,
} from '../elements.ts'
import { Refusal } from '../errors.ts'
import { broadcastDims, broadcastIndices } from '../indices.ts'
import type { Operator } from '../operator.ts'

const WIDE = ['f32', 'f64', 'i32', 'i64'] as const

/** An operation of two, over the real numbers. Doubles hold every operand, and every result that is in range, exactly. */
type Binary = {
  readonly types: readonly ExactType[]
  readonly numbers: (a: number, b: number) => number
  readonly integers: (a: bigint, b: bigint) => bigint
}

function binary({ types, numbers, integers }: Binary): Operator {
  return (_, inputs) => {
    const [a, b] = operands(inputs, types)
    const dims = broadcastDims(a.dims, b.dims)
    const [ofA, ofB] = [broadcastIndices(a.dims, dims), broadcastIndices(b.dims, dims)]
    if (a.type === 'i64' && b.type === 'i64') {
      const results = Array.from(ofA, (at, i) => integers(a.data[at] as bigint, b.data[ofB[i] as number] as bigint))
      return [fromIntegers(dims, results)]
    }
    const [x, y] = [numbersOf(a), numbersOf(b)]
    const results = new Float64Array(ofA.length)
    for (let i = 0; i < results.length; i++) {
      results[i] = numbers(x[ofA[i] as number] as number, y[ofB[i] as number] as number)
    }
    return [fromNumbers(a.type, dims, results)]
  }
}

function operands(inputs: Inputs, types: readonly ExactType[]): [Value, Value] {
  const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)]
  if (inputs.length !== 2) throw new Refusal(`${inputs.length} inputs where two were expected`)
  requireType(a, ...types)
  requireType(b, a.type)
  return [a, b]
}

export const add = binary({ types: WIDE, numbers: (a, b) => a + b, integers: (a, b) => a + b })
export const sub = binary({ types: WIDE, numbers: (a, b) => a - b, integers: (a, b) => a - b })
export const mul = binary({ types: WIDE, numbers: (a, b) => a * b, integers: (a, b) => a * b })
export const max = binary({ types: WIDE, numbers: Math.max, integers: larger })
export const min = binary({ types: WIDE, numbers: Math.min, integers: smaller })

/** ⌊a / b⌋ of a ≥ 0 and b ≥ 1, where ONNX's rounding towards zero and rounding down are the same. */
export const div = binary({
  types: ['i32', 'i64'],
  numbers: (a, b) => {
    if (a < 0 || b < 1) throw new Refusal(`${a} / ${b} is not of a ≥ 0 and b ≥ 1`)
    return (a - (a % b)) / b
  },
  integers: (a, b) => {
    if (a < 0n || b < 1n) throw new Refusal(`${a} / ${b} is not of a ≥ 0 and b ≥ 1`)
    return a / b
  },
})
