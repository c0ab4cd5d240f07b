import type { OnnxNode } from '../../../onnx/model.ts'
import { bindInputs } from '../../bindInputs.ts'
import type { Executor } from '../../executor.ts'
import type { ExactGraph } from '../../profile/index.ts'
import { evaluate } from '../../reference/evaluate.ts'
import { elementsOf, type Value } from '../../value.ts'
import { intsOf } from '../selfTest/probe.ts'

/** What computes a node's only output in a way that the profile does not admit; undefined for nodes that it leaves alone. */
export type WrongKernel = (node: OnnxNode, inputs: readonly (Value | undefined)[]) => Value | undefined

/** An executor that takes some nodes from `wrong` and all others from the reference. */
export function openWith(graph: ExactGraph, wrong: WrongKernel): Executor {
  const bind = bindInputs(graph)
  return {
    kind: 'onnxruntime',
    async run(inputs) {
      const bound = bind(inputs)
      const values = new Map<string, Value>([...bound.constants, ...inputs])
      for (const node of bound.nodes) {
        const operands = node.inputs.map((name) => values.get(name))
        const own = wrong(node, operands)
        const made = own ? [own] : evaluate(node, operands)
        for (const [i, name] of node.outputs.entries()) values.set(name, made[i] as Value)
      }
      return new Map(bound.outputs.map((name) => [name, values.get(name) as Value]))
    },
    async close() {},
  }
}

/** A number without the bits that a shorter mantissa has no room for. After the point TF32 keeps 10, bfloat16 7. */
function shortened(x: number, bits: number): number {
  if (x === 0) return 0
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(x))) - bits)
  return Math.trunc(x / unit) * unit
}

/** Convolutions and products whose operands lose bits before they are multiplied, as tensor cores do it; their sums are exact. */
export function shortOperands(bits: number): WrongKernel {
  const cut = (value: Value | undefined): Value | undefined =>
    value?.type === 'f32' ? { ...value, data: value.data.map((x) => shortened(x, bits)) } : value
  return (node, [a, b, ...rest]) =>
    node.op === 'Conv' || (node.op === 'MatMul' && a?.type === 'f32')
      ? evaluate(node, [cut(a), cut(b), ...rest])[0]
      : undefined
}

/** Products whose sums are kept in bfloat16 between one term and the next. */
export const shortSums: WrongKernel = (node, [a, b]) => {
  if (node.op !== 'MatMul' || a?.type !== 'f32' || b?.type !== 'f32' || b.dims.length !== 2) return undefined
  const [terms = 1, columns = 1] = b.dims
  const rows = elementsOf(a.dims) / terms
  const data = new Float32Array(rows * columns)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0
      for (let k = 0; k < terms; k++)
        sum = shortened(sum + (a.data[r * terms + k] ?? 0) * (b.data[k * columns + c] ?? 0), 7)
      data[r * columns + c] = sum
    }
  }
  return { type: 'f32', dims: [...a.dims.slice(0, -1), columns], data }
}

/** Bytes times signed bytes in pairs that saturate at 16 bits: what x86 without VNNI makes of them (VPMADDUBSW). */
export const saturatingPairs: WrongKernel = (node, [a, b, za, zb]) => {
  if (node.op !== 'MatMulInteger' || a?.type !== 'u8' || b?.type !== 'u8') return undefined
  const [terms = 1, columns = 1] = b.dims
  const [left, right] = [Number(za?.data[0] ?? 0), Number(zb?.data[0] ?? 0)]
  const rows = elementsOf(a.dims) / terms
  const data = new Int32Array(rows * columns)
  const clamp = (x: number) => Math.min(Math.max(x, -32768), 32767)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let [sum, rowSum, columnSum] = [0, 0, 0]
      for (let k = 0; k < terms; k += 2) {
        const pair = [k, k + 1].filter((i) => i < terms)
        // The unsigned bytes of b become signed ones less 128, and the zero points are made up for afterwards.
        const parts = pair.map((i) => (a.data[r * terms + i] ?? 0) * ((b.data[i * columns + c] ?? 0) - 128))
        sum += clamp(parts.reduce((x, y) => x + y, 0))
        for (const i of pair) rowSum += a.data[r * terms + i] ?? 0
        for (const i of pair) columnSum += (b.data[i * columns + c] ?? 0) - 128
      }
      data[r * columns + c] = sum - (right - 128) * rowSum - left * columnSum + terms * left * (right - 128)
    }
  }
  return { type: 'i32', dims: [...a.dims.slice(0, -1), columns], data }
}

const { fround } = Math

/** Winograd's F(2×2, 3×3) in float32 (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015), for 3×3 windows, stride 1, padding 1. */
export const winograd: WrongKernel = (node, [x, w, b]) => {
  if (node.op !== 'Conv' || x?.type !== 'f32' || w?.type !== 'f32') return undefined
  const fits = w.dims.slice(2).join() === '3,3' && intsOf(node, 'group', [1])[0] === 1
  if (!fits || intsOf(node, 'pads', []).join() !== '1,1,1,1' || intsOf(node, 'strides', [1, 1]).join() !== '1,1')
    return undefined
  const [n = 1, channels = 1, height = 1, width = 1] = x.dims
  const outputs = w.dims[0] ?? 1
  const data = new Float32Array(n * outputs * height * width)
  const at = (i: number, c: number, y: number, z: number) =>
    y < 0 || z < 0 || y >= height || z >= width ? 0 : (x.data[((i * channels + c) * height + y) * width + z] ?? 0)
  for (let i = 0; i < n; i++) {
    for (let ty = 0; ty < height; ty += 2) {
      for (let tx = 0; tx < width; tx += 2) {
        const tiles = Array.from({ length: channels }, (_, c) =>
          both(
            Array.from({ length: 16 }, (_, t) => at(i, c, ty - 1 + (t >> 2), tx - 1 + (t & 3))),
            4,
            inputTransform,
          ),
        )
        for (let o = 0; o < outputs; o++) {
          const sums = new Float32Array(16)
          tiles.forEach((tile, c) => {
            const kernel = both(
              [...w.data.subarray((o * channels + c) * 9, (o * channels + c) * 9 + 9)],
              3,
              kernelTransform,
            )
            for (let t = 0; t < 16; t++) sums[t] = fround((sums[t] ?? 0) + fround((tile[t] ?? 0) * (kernel[t] ?? 0)))
          })
          both([...sums], 4, outputTransform).forEach((value, t) => {
            const [y, z] = [ty + (t >> 1), tx + (t & 1)]
            if (y < height && z < width)
              data[((i * outputs + o) * height + y) * width + z] = fround(value + Number(b?.data[o] ?? 0))
          })
        }
      }
    }
  }
  return { type: 'f32', dims: [n, outputs, height, width], data }
}

type Transform = (column: readonly number[]) => number[]

const inputTransform: Transform = ([a = 0, b = 0, c = 0, d = 0]) => [a - c, b + c, c - b, b - d].map(fround)
const kernelTransform: Transform = ([a = 0, b = 0, c = 0]) => [
  a,
  fround(fround(a + b) + c) / 2,
  fround(fround(a - b) + c) / 2,
  c,
]
const outputTransform: Transform = ([a = 0, b = 0, c = 0, d = 0]) => [
  fround(fround(a + b) + c),
  fround(fround(b - c) - d),
]

/** A transform along the columns of a square of `side`, then along the rows of what comes out. */
function both(square: readonly number[], side: number, transform: Transform): number[] {
  const columns = Array.from({ length: side }, (_, c) =>
    transform(Array.from({ length: side }, (_, r) => square[r * side + c] ?? 0)),
  )
  const length = columns[0]?.length ?? 0
  return Array.from({ length }, (_, r) => transform(columns.map((column) => column[r] ?? 0))).flat()
}
