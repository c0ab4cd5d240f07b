import { UnsupportedOpError } from '../errors.ts'
import {
  constantInt,
  constantInts,
  flag,
  inputOf,
  intAttribute,
  intsAttribute,
  type TfNode,
  ZERO_COPIES,
} from '../graph/tfGraph.ts'
import type { GraphBuilder, Translation } from './graphBuilder.ts'
import { TO_THE_END } from './toTheEnd.ts'
import { translateStridedSlice } from './translateStridedSlice.ts'

/** Operations that move elements around without computing on them. */
export const SHAPES: Readonly<Record<string, Translation>> = {
  Shape: (node, builder) => builder.result(node, 'Shape', [inputOf(node, 0)]),
  // In a TensorFlow shape 0 is a length; ONNX has to be told so.
  Reshape: (node, builder) =>
    builder.result(node, 'Reshape', node.inputs, {
      allowzero: { kind: 'int', value: flag(node, ZERO_COPIES) ? 0 : 1 },
    }),
  ExpandDims: (node, builder) => {
    builder.result(node, 'Unsqueeze', [inputOf(node, 0), builder.ints([constantInt(builder.graph, node, 1)])])
  },
  Squeeze: (node, builder) => {
    const axes = intsAttribute(node, 'squeeze_dims')
    builder.result(node, 'Squeeze', [inputOf(node, 0), ...(axes.length > 0 ? [builder.ints(axes)] : [])])
  },
  Transpose: (node, builder) => {
    builder.result(node, 'Transpose', [inputOf(node, 0)], {
      perm: { kind: 'ints', value: constantInts(builder.graph, node, 1) },
    })
  },
  Pack: (node, builder) => {
    const axis = intAttribute(node, 'axis', 0)
    const parts = node.inputs.map((input) => builder.step(node, 'Unsqueeze', [input, builder.ints([axis])]))
    builder.result(node, 'Concat', parts, { axis: { kind: 'int', value: axis } })
  },
  ConcatV2: (node, builder) => {
    const last = node.inputs.length - 1
    builder.result(node, 'Concat', node.inputs.slice(0, last), {
      axis: { kind: 'int', value: constantInt(builder.graph, node, last) },
    })
  },
  SplitV: (node, builder) => {
    const sizes = constantInts(builder.graph, node, 1)
    if (sizes.includes(-1)) throw unsupported(node, 'every size must be given')
    const axis = constantInt(builder.graph, node, 2)
    builder.results(
      node,
      'Split',
      [inputOf(node, 0), builder.ints(sizes)],
      { axis: { kind: 'int', value: axis } },
      sizes.length,
    )
  },
  Slice: (node, builder) => {
    const begin = constantInts(builder.graph, node, 1)
    const sizes = constantInts(builder.graph, node, 2)
    const end = sizes.map((size, axis) => (size === -1 ? TO_THE_END : (begin[axis] ?? 0) + size))
    const axes = begin.map((_, axis) => axis)
    builder.result(node, 'Slice', [inputOf(node, 0), builder.ints(begin), builder.ints(end), builder.ints(axes)])
  },
  StridedSlice: translateStridedSlice,
  Range: (node, builder) => builder.result(node, 'Range', node.inputs),
  GatherV2: (node, builder) => {
    if (intAttribute(node, 'batch_dims', 0) !== 0) throw unsupported(node, 'batch_dims')
    const axis = constantInt(builder.graph, node, 2)
    builder.result(node, 'Gather', [inputOf(node, 0), inputOf(node, 1)], { axis: { kind: 'int', value: axis } })
  },
  GatherNd: (node, builder) => builder.result(node, 'GatherND', node.inputs),
  // NonZero lists one row per axis, Where one row per element found.
  Where: (node, builder) => {
    builder.result(node, 'Transpose', [builder.step(node, 'NonZero', node.inputs)], {
      perm: { kind: 'ints', value: [1, 0] },
    })
  },
  ScatterNd: (node, builder) => {
    const zeros = filled(node, builder, zeroOf(node, builder, inputOf(node, 1)), inputOf(node, 2))
    // Elements of TensorFlow's ScatterNd that meet at one place are added.
    builder.result(node, 'ScatterND', [zeros, inputOf(node, 0), inputOf(node, 1)], {
      reduction: { kind: 'text', value: 'add' },
    })
  },
  SparseToDense: (node, builder) => {
    const filler = filled(node, builder, inputOf(node, 3), inputOf(node, 1))
    builder.result(node, 'ScatterND', [filler, inputOf(node, 0), inputOf(node, 2)])
  },
}

/** A tensor of the given shape with one value everywhere. */
function filled(node: TfNode, builder: GraphBuilder, value: string, shape: string): string {
  return builder.step(node, 'Expand', [value, shape])
}

function zeroOf(node: TfNode, builder: GraphBuilder, like: string): string {
  const kind = builder.kindOf(like)
  if (kind === 'bool') throw unsupported(node, 'booleans')
  const data = kind === 'float' ? new Float32Array(1) : new Int32Array(1)
  return builder.constant(`zero/${kind}`, { kind, dims: [], data })
}

function unsupported(node: TfNode, why: string): UnsupportedOpError {
  return new UnsupportedOpError({ node: node.name, op: node.op, why })
}
