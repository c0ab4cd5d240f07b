import type { OnnxTensor } from '../../../onnx/model.ts'
import { elementsOf, type Value } from '../../value.ts'
import { attribute } from '../attributes.ts'
import {
  fromIntegers,
  fromNumbers,
  inputAt,
  integersOf,
  isExactType,
  makeValue,
  requireType,
  soleElement,
} from '../elements.ts'
import { Refusal } from '../errors.ts'
import { pick } from '../indices.ts'
import type { Operator } from '../operator.ts'

/** The lengths of the input's axes, or of those from `start` to below `end`. */
export const shape: Operator = (node, inputs) => {
  const { dims } = inputAt(inputs, 0)
  const lengths = dims.slice(attribute(node, 'start', 'int') ?? 0, attribute(node, 'end', 'int'))
  return [fromIntegers([lengths.length], lengths.map(BigInt))]
}

export const constant: Operator = (node) => {
  const [entry, ...others] = node.attributes
  if (entry === undefined || others.length > 0) throw new Refusal('there is not exactly one attribute')
  const [name, { kind, value }] = entry
  if (name === 'value' && kind === 'tensor') return [exactTensor(value)]
  if (name === 'value_int' && kind === 'int') return [fromNumbers('i64', [], [value])]
  if (name === 'value_ints' && kind === 'ints') return [fromNumbers('i64', [value.length], value)]
  if (name === 'value_float' && kind === 'float') return [fromNumbers('f32', [], [value])]
  if (name === 'value_floats' && kind === 'floats') return [fromNumbers('f32', [value.length], value)]
  throw new Refusal(`attribute ${name} is no constant of the profile`)
}

function exactTensor({ type, dims, data }: OnnxTensor): Value {
  if (!isExactType(type)) throw new Refusal(`${type} is no type of the profile`)
  return makeValue(type, dims, data as Value['data'])
}

/** A tensor of stated dimensions, each element of which is the only one of the attribute `value`. */
export const constantOfShape: Operator = (node, inputs) => {
  const dims = integersOf(inputAt(inputs, 0))
  const given = attribute(node, 'value', 'tensor')
  const element = given === undefined ? fromNumbers('f32', [1], [0]) : exactTensor(given)
  soleElement(element)
  return [pick(element, dims, new Int32Array(elementsOf(dims)))]
}

/** start, start + delta, … up to below limit; down to above it for a negative delta. */
export const range: Operator = (_, inputs) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => {
    const value = inputAt(inputs, index)
    requireType(value, 'i64')
    return BigInt(soleElement(value))
  }) as [bigint, bigint, bigint]
  if (delta === 0n) throw new Refusal('the step is 0')
  const numbers: bigint[] = []
  for (let at = start; delta > 0n ? at < limit : at > limit; at += delta) numbers.push(at)
  return [fromIntegers([numbers.length], numbers)]
}
