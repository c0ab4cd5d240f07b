import type { OnnxAttribute, OnnxNode } from '../../onnx/model.ts'
import { type ExactType, elementsOf, type Value } from '../value.ts'

const ARRAYS = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u8: Uint8Array,
  i8: Int8Array,
  bool: Uint8Array,
}

/** A tensor of the given elements; a vector where no dimensions are given. */
export function tensor(
  type: ExactType,
  elements: readonly number[],
  dims: readonly number[] = [elements.length],
): Value {
  if (elements.length !== elementsOf(dims)) throw new RangeError(`${elements.length} elements for ${dims.join('×')}`)
  if (type === 'i64') return { type, dims, data: BigInt64Array.from(elements, BigInt) }
  return { type, dims, data: ARRAYS[type].from(elements) } as Value
}

type AttributeInput = number | string | readonly number[] | OnnxAttribute

/** A node whose whole-number attributes are ints; others are given as `OnnxAttribute`. */
export function nodeOf(
  op: string,
  inputs: readonly string[] = [],
  attributes: Readonly<Record<string, AttributeInput>> = {},
  outputs: readonly string[] = ['y'],
): OnnxNode {
  const entries = Object.entries(attributes).map(([name, value]): [string, OnnxAttribute] => [name, attributeOf(value)])
  return { name: `${op} of a test`, op, domain: '', inputs, outputs, attributes: new Map(entries) }
}

function attributeOf(value: AttributeInput): OnnxAttribute {
  if (typeof value === 'number') return { kind: 'int', value }
  if (typeof value === 'string') return { kind: 'text', value }
  return 'kind' in value ? value : { kind: 'ints', value }
}
