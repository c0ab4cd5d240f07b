import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor } from '../../onnx/model.ts'

/** [operator, inputs, output, attributes]. */
export type Line = readonly [
  op: string,
  inputs: readonly string[],
  output: string,
  attributes?: Readonly<Record<string, number | readonly number[] | string>>,
]

/** A small float model of operator set 17 with the input "x"; the last line's output is the model's. */
export function floatModel(
  dims: readonly (number | null)[],
  weights: Readonly<Record<string, { dims: readonly number[]; data: ArrayLike<number> }>>,
  lines: readonly Line[],
  { opset = 17, integers = {} }: { opset?: number; integers?: Readonly<Record<string, readonly number[]>> } = {},
): OnnxModel {
  const floats = Object.entries(weights).map(([name, { dims, data }]): [string, OnnxTensor] => [
    name,
    { type: 'f32', dims, data: Float32Array.from(data) },
  ])
  const lists = Object.entries(integers).map(([name, values]): [string, OnnxTensor] => [
    name,
    { type: 'i64', dims: [values.length], data: BigInt64Array.from(values, BigInt) },
  ])
  return {
    opset,
    metadata: new Map(),
    inputs: [{ name: 'x', type: 'f32', dims }],
    outputs: [{ name: lines.at(-1)?.[2] ?? '', type: 'f32', dims: undefined }],
    initializers: new Map([...floats, ...lists]),
    nodes: lines.map(nodeOf),
  }
}

/** Operators whose attributes of these names are whole numbers; others are reals. */
const REALS = new Set(['alpha', 'beta', 'epsilon', 'min', 'max'])

function nodeOf([op, inputs, output, attributes = {}]: Line): OnnxNode {
  const entries = Object.entries(attributes).map(([key, value]): [string, OnnxAttribute] => [
    key,
    attributeOf(key, value),
  ])
  return { name: `node ${output}`, op, domain: '', inputs, outputs: [output], attributes: new Map(entries) }
}

function attributeOf(key: string, value: number | readonly number[] | string): OnnxAttribute {
  if (typeof value === 'string') return { kind: 'text', value }
  if (typeof value !== 'number') return { kind: 'ints', value }
  return REALS.has(key) ? { kind: 'float', value } : { kind: 'int', value }
}

/** Numbers between −1 and 1 that are the same in every run (a linear congruential generator; Park and Miller 1988). */
export function numbers(count: number, seed: number): Float32Array {
  let state = seed * 7919 + 1
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647
    return (2 * state) / 2147483647 - 1
  })
}

export const weights = (dims: readonly number[], seed: number, scale = 1) => ({
  dims,
  data: numbers(
    dims.reduce((product, dim) => product * dim, 1),
    seed,
  ).map((value) => value * scale),
})
