import type { ExactType, Value } from '../../value.ts'
import { attribute } from '../attributes.ts'
import {
  fromIntegers,
  fromNumbers,
  inputAt,
  larger,
  numbersOf,
  requireType,
  smaller,
  soleElement,
} from '../elements.ts'
import { Refusal } from '../errors.ts'
import type { Operator } from '../operator.ts'

function map(value: Value, types: readonly ExactType[], f: (x: number) => number): Value[] {
  requireType(value, ...types)
  // Into doubles, whatever the type: whether the result fits is then checked, and not enforced by storing it.
  return [fromNumbers(value.type, value.dims, Float64Array.from(numbersOf(value), f))]
}

export const floor: Operator = (_, inputs) => map(inputAt(inputs, 0), ['f32', 'f64'], Math.floor)

/** The nearest integer; of two equally near, the even one. */
export const round: Operator = (_, inputs) =>
  map(inputAt(inputs, 0), ['f32', 'f64'], (x) => {
    const below = Math.floor(x)
    const rest = x - below
    if (rest !== 0.5) return rest < 0.5 ? below : below + 1
    return below % 2 === 0 ? below : below + 1
  })

/**
 * The root's nearest double, which is not exact; its floor, the only thing that may be read of it, is. Between n² − 1 and n² lies a gap of
 * more than 1 / 2n ≥ 2^−27 in the roots, for n ≤ 2^26, which is no less than a unit in the last place there.
 */
export const sqrt: Operator = (_, inputs) =>
  map(inputAt(inputs, 0), ['f64'], (x) => {
    if (x < 0 || x >= 2 ** 52 || !Number.isInteger(x)) throw new Refusal(`${x} is no integer from 0 to below 2^52`)
    return Math.sqrt(x)
  })

export const relu: Operator = (_, inputs) => map(inputAt(inputs, 0), ['f32', 'i32'], (x) => Math.max(x, 0))

/** min(max(αx + β, 0), 1), with the attributes as the float32 numbers that they are. */
export const hardSigmoid: Operator = (node, inputs) => {
  const alpha = dyadicAttribute(node.attributes.has('alpha') ? attribute(node, 'alpha', 'float') : 0.2, 'alpha')
  const beta = dyadicAttribute(node.attributes.has('beta') ? attribute(node, 'beta', 'float') : 0.5, 'beta')
  return map(inputAt(inputs, 0), ['f32'], (x) => Math.min(Math.max(alpha * x + beta, 0), 1))
}

function dyadicAttribute(value: number | undefined, name: string): number {
  if (value === undefined || !Number.isInteger(value * 2 ** 24)) throw new Refusal(`${name} is no multiple of 2^−24`)
  return value
}

/** The middle one of x and two bounds, both of which must be there. */
export const clip: Operator = (_, inputs) => {
  const [x, lo, hi] = [inputAt(inputs, 0), inputAt(inputs, 1), inputAt(inputs, 2)]
  requireType(lo, x.type)
  requireType(hi, x.type)
  const [least, most] = [soleElement(lo), soleElement(hi)]
  if (least > most) throw new Refusal(`the bounds ${least} and ${most} hold nothing`)
  if (x.type === 'i64') {
    const [lowest, highest] = [BigInt(least), BigInt(most)]
    return [
      fromIntegers(
        x.dims,
        Array.from(x.data, (element) => smaller(larger(element, lowest), highest)),
      ),
    ]
  }
  return map(x, ['f32', 'f64', 'i32'], (element) => Math.min(Math.max(element, Number(least)), Number(most)))
}
