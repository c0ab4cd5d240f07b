import { UnsupportedOpError } from '../errors.ts'
import { constantInts, flag, inputOf, intsAttribute, type TfNode, textAttribute } from '../graph/tfGraph.ts'
import type { GraphBuilder, Translation } from './graphBuilder.ts'
import { DATA_TYPE } from './onnxModel.ts'

/** The same operation under another name, with the same inputs. */
const as =
  (op: string): Translation =>
  (node, builder) =>
    builder.result(node, op, node.inputs)

/** Reductions: axes are an input in both; TensorFlow drops reduced axes unless told otherwise. */
const reduction =
  (op: string): Translation =>
  (node, builder) => {
    const axes = builder.ints(constantInts(builder.graph, node, 1))
    builder.result(node, op, [inputOf(node, 0), axes], {
      keepdims: { kind: 'int', value: flag(node, 'keep_dims') ? 1 : 0 },
    })
  }

const matMul: Translation = (node, builder) => {
  const left = transposedIf(flag(node, 'transpose_a') || flag(node, 'adj_x'), node, 0, builder)
  const right = transposedIf(flag(node, 'transpose_b') || flag(node, 'adj_y'), node, 1, builder)
  builder.result(node, 'MatMul', [left, right])
}

/** Operations on numbers. Broadcasting is NumPy's in both worlds. */
export const ARITHMETIC: Readonly<Record<string, Translation>> = {
  Add: as('Add'),
  AddV2: as('Add'),
  Sub: as('Sub'),
  Mul: as('Mul'),
  RealDiv: as('Div'),
  Maximum: as('Max'),
  Less: as('Less'),
  Greater: as('Greater'),
  LogicalNot: as('Not'),
  Relu: as('Relu'),
  Tanh: as('Tanh'),
  Sin: as('Sin'),
  Cos: as('Cos'),
  Square: (node, builder) => builder.result(node, 'Mul', [inputOf(node, 0), inputOf(node, 0)]),
  Rsqrt: (node, builder) => builder.result(node, 'Reciprocal', [builder.step(node, 'Sqrt', [inputOf(node, 0)])]),
  Softmax: (node, builder) => builder.result(node, 'Softmax', [inputOf(node, 0)], { axis: { kind: 'int', value: -1 } }),
  LayerNormalization: (node, builder) => {
    const { epsilon } = node.attributes
    builder.result(node, 'LayerNormalization', node.inputs, {
      axis: { kind: 'int', value: -1 },
      epsilon: { kind: 'float', value: Number(epsilon) },
    })
  },
  Cast: (node, builder) =>
    builder.result(node, 'Cast', [inputOf(node, 0)], {
      to: { kind: 'int', value: DATA_TYPE[builder.kindOf(node.name)] },
    }),
  BiasAdd: (node, builder) => {
    const format = textAttribute(node, 'data_format') ?? 'NHWC'
    if (format !== 'NHWC') throw unsupported(node, `data format ${format}`)
    builder.result(node, 'Add', node.inputs)
  },
  Mean: reduction('ReduceMean'),
  Sum: reduction('ReduceSum'),
  Max: reduction('ReduceMax'),
  Prod: reduction('ReduceProd'),
  MatMul: matMul,
  BatchMatMul: matMul,
  BatchMatMulV2: matMul,
  Conv2D: (node, builder) => {
    const kernel = builder.graph.constants.get(inputOf(node, 1))
    const [height, width, from, to] = kernel?.dims ?? []
    const ones = [...intsAttribute(node, 'strides'), ...intsAttribute(node, 'dilations')].every((n) => n === 1)
    const format = textAttribute(node, 'data_format') ?? 'NHWC'
    if (!kernel || height !== 1 || width !== 1 || from === undefined || to === undefined || !ones)
      throw unsupported(node, 'only 1×1 kernels with stride 1 are')
    // The converter of TensorFlow.js leaves "NHWC" here whatever the device; a 1×1 kernel is then a product over the last axis.
    if (format !== 'NHWC') throw unsupported(node, `data format ${format}`)
    const weights = builder.constant(`${inputOf(node, 1)}/matrix`, { ...kernel, dims: [from, to] })
    builder.result(node, 'MatMul', [inputOf(node, 0), weights])
  },
}

/** Input `index`, its last two axes exchanged where `transpose` says so. */
function transposedIf(transpose: boolean, node: TfNode, index: number, builder: GraphBuilder): string {
  const input = inputOf(node, index)
  if (!transpose) return input
  const rank = builder.rankOf(input)
  if (rank === undefined) throw unsupported(node, `the rank of input ${index} must be known`)
  const order = [...Array(rank - 2).keys(), rank - 1, rank - 2]
  return builder.step(node, 'Transpose', [input], { perm: { kind: 'ints', value: order } })
}

function unsupported(node: TfNode, why: string): UnsupportedOpError {
  return new UnsupportedOpError({ node: node.name, op: node.op, why })
}
