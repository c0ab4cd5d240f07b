import type { Hex, Tensor } from '@stoa/protocol'
import { referenceTraceRoot } from '../../../../../protocol/src/reference/digests.ts'
import type { OnnxNode } from '../../../onnx/model.ts'
import { bindGraph, type ExactGraph, isCarried, type StoredType } from '../../profile/index.ts'
import { evaluate } from '../../reference/evaluate.ts'
import { elementsOf, type Value } from '../../value.ts'

/** A run as specs/exact-inference.md describes it, node by node: what comes out, and the root of the trace. */
export type LiteralRun = {
  readonly outputs: ReadonlyMap<string, Value>
  readonly traceRoot: Hex
  readonly entries: number
}

/**
 * Runs a graph and commits to it by the page's section "What is committed" alone: stored types, layout and digests are worked out here once more. Only
 * which tensors are carried is the loader's word.
 */
export function traceLiterally(graph: ExactGraph, inputs: ReadonlyMap<string, Value>): LiteralRun {
  const { facts, constants } = bindGraph(graph, new Map([...inputs].map(([name, { dims }]) => [name, dims])))
  const values = new Map<string, Value>([...constants, ...inputs])
  const stored = new Map<string, StoredType>()
  for (const [name, value] of constants) stored.set(name, smallest(value))
  for (const [name, { type }] of inputs) stored.set(name, OTHERWISE[type])
  const entries: Tensor[] = []
  for (const node of graph.model.nodes) {
    if (node.outputs.every((name) => constants.has(name))) continue
    const made = evaluate(
      node,
      node.inputs.map((name) => values.get(name)),
    )
    for (const [i, name] of node.outputs.entries()) {
      const [value, known] = [made[i], facts.get(name)]
      if (value === undefined || known === undefined) throw new TypeError(`nothing is known of "${name}"`)
      const type = storedType(node, value, { values, stored })
      values.set(name, value)
      stored.set(name, type)
      if (isCarried(known)) entries.push(entryOf(`t${entries.length}`, value, type))
    }
  }
  const outputs = graph.model.outputs.map(({ name }): [string, Value] => [name, valueAt(values, name)])
  return { outputs: new Map(outputs), traceRoot: referenceTraceRoot(entries), entries: entries.length }
}

const OTHERWISE = { u8: 'u8', bool: 'u8', i8: 'i8', i32: 'i32', f32: 'i32', i64: 'i64', f64: 'i64' } as const
const WIDTH = { u8: 1, i8: 1, i16: 2, i32: 4, i64: 8 } as const
const RANGES: readonly (readonly [StoredType, number, number])[] = [
  ['u8', 0, 255],
  ['i8', -128, 127],
  ['i16', -32768, 32767],
  ['i32', -(2 ** 31), 2 ** 31 - 1],
  ['i64', -(2 ** 53), 2 ** 53],
]
const KEEPING = new Set([
  ...['Floor', 'Round', 'Relu', 'Reshape', 'Transpose', 'Slice', 'Split', 'Squeeze', 'Unsqueeze', 'Expand'],
  ...['Identity', 'Resize', 'MaxPool', 'ReduceMax', 'ReduceMin', 'Gather'],
])

type Known = { readonly values: ReadonlyMap<string, Value>; readonly stored: ReadonlyMap<string, StoredType> }

function storedType(node: OnnxNode, { type }: Value, { values, stored }: Known): StoredType {
  const own = OTHERWISE[type]
  const first = stored.get(node.inputs[0] ?? '') ?? own
  if (KEEPING.has(node.op)) return first
  if (node.op === 'Cast') return WIDTH[first] < WIDTH[own] ? first : own
  if (node.op !== 'Clip') return own
  const [lo, hi] = [1, 2].map((i) => Number(values.get(node.inputs[i] ?? '')?.data[0])) as [number, number]
  if (!Number.isInteger(lo) || !Number.isInteger(hi)) return own
  return RANGES.slice(0, 3).find(([, least, most]) => lo >= least && hi <= most)?.[0] ?? own
}

function smallest(value: Value): StoredType {
  const elements = Array.from<number | bigint, number>(value.data, Number)
  return RANGES.find(([, lo, hi]) => elements.every((element) => element >= lo && element <= hi))?.[0] ?? 'i64'
}

/** A tensor as it is committed to: rank 4 with its second axis last, little-endian integers. */
function entryOf(name: string, value: Value, dtype: StoredType): Tensor {
  const order = value.dims.length === 4 ? [0, 2, 3, 1] : value.dims.map((_, axis) => axis)
  const dims = order.map((axis) => value.dims[axis] ?? 0)
  const width = WIDTH[dtype]
  const data = new Uint8Array(elementsOf(dims) * width)
  const view = new DataView(data.buffer)
  for (let at = 0; at < elementsOf(dims); at++) {
    let rest = at
    const place = value.dims.map(() => 0)
    for (let i = order.length - 1; i >= 0; i--) {
      place[order[i] ?? 0] = rest % (dims[i] ?? 1)
      rest = Math.floor(rest / (dims[i] ?? 1))
    }
    const from = place.reduce((index, coordinate, axis) => index * (value.dims[axis] ?? 1) + coordinate, 0)
    const element = BigInt(value.data[from] ?? 0)
    for (let byte = 0; byte < width; byte++) {
      view.setUint8(at * width + byte, Number(BigInt.asUintN(8, element >> BigInt(8 * byte))))
    }
  }
  return { name, dtype, dims, data }
}

function valueAt(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name)
  if (value === undefined) throw new TypeError(`nothing made the tensor "${name}"`)
  return value
}
