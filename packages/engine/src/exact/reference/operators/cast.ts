import { ELEMENT_CODE } from '../../../onnx/model.ts'
import { attribute } from '../attributes.ts'
import { fromIntegers, fromNumbers, inputAt, isExactType } from '../elements.ts'
import { Refusal } from '../errors.ts'
import type { Operator } from '../operator.ts'

/** The same numbers in another type, which must hold them. */
export const cast: Operator = (node, inputs) => {
  const value = inputAt(inputs, 0)
  const code = attribute(node, 'to', 'int')
  const type = Object.entries(ELEMENT_CODE).find(([, candidate]) => candidate === code)?.[0]
  if (type === undefined || !isExactType(type)) throw new Refusal(`${type ?? code} is no type of the profile`)
  if (value.type === 'i64') {
    if (type === 'i64') return [fromIntegers(value.dims, [...value.data])]
    return [fromNumbers(type, value.dims, Float64Array.from(value.data, exactNumber))]
  }
  return [fromNumbers(type, value.dims, value.data)]
}

function exactNumber(integer: bigint): number {
  const number = Number(integer)
  if (BigInt(number) !== integer) throw new Refusal(`${integer} is not exact as a double`)
  return number
}
