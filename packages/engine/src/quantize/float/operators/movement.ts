import type { OnnxNode } from '../../../onnx/model.ts'
import { channelsOf } from '../channelsOf.ts'
import { inputOf, intOf, intsOf, outputOf, type Reader, textOf, unsupported } from '../reader.ts'
import { UNBOUNDED } from '../step.ts'
import { readWindow } from './products.ts'

/** Operators that only move elements; their inputs after the first are integers. */
export function readMove(node: OnnxNode, reader: Reader): void {
  const x = inputOf(node, 0)
  for (const name of node.inputs.slice(1)) {
    if (name !== '' && !reader.isInteger(name)) throw unsupported(node, `"${name}" is not made of integers`)
  }
  if (node.outputs.length !== 1) throw unsupported(node, 'it has more than one output')
  reader.add(node, { op: 'move', x, moved: node }, rankAfter(node, reader))
}

function rankAfter(node: OnnxNode, reader: Reader): number | undefined {
  const rank = reader.rankOf(inputOf(node, 0))
  const axes = reader.integersAt(node.inputs[1])?.length
  switch (node.op) {
    case 'Reshape':
    case 'Expand':
      return axes ?? reader.lengthOf(node.inputs[1])
    case 'Squeeze':
      return rank === undefined || axes === undefined ? undefined : rank - axes
    case 'Unsqueeze':
      return rank === undefined || axes === undefined ? undefined : rank + axes
    case 'Flatten':
      return 2
    default:
      return rank
  }
}

export function readConcat(node: OnnxNode, reader: Reader): void {
  const rank = reader.rankOf(inputOf(node, 0))
  reader.add(node, { op: 'concat', xs: node.inputs, axis: intOf(node, 'axis', 0) }, rank)
}

export function readMaxPool(node: OnnxNode, reader: Reader): void {
  if (intOf(node, 'ceil_mode', 0) !== 0) throw unsupported(node, 'ceil_mode is set')
  const kernel = intsOf(node, 'kernel_shape', [])
  reader.add(node, { op: 'maxPool', x: inputOf(node, 0), kernel, window: readWindow(node, 4) }, 4)
}

/** `AveragePool` without padding: a convolution of each channel by itself, with equal weights. */
export function readAveragePool(node: OnnxNode, reader: Reader): void {
  const x = inputOf(node, 0)
  const [window, kernel] = [readWindow(node, 4), intsOf(node, 'kernel_shape', [])]
  const channels = channelsOf(x, (name) => reader.maker(name))
  if (intOf(node, 'ceil_mode', 0) !== 0) throw unsupported(node, 'ceil_mode is set')
  if (window.pads.some((pad) => pad !== 0) && intOf(node, 'count_include_pad', 0) === 0) {
    throw unsupported(node, 'what lies in the padding does not count')
  }
  if (channels === undefined) throw unsupported(node, 'the number of its channels is unknown')
  const [height = 1, width = 1] = kernel
  const weights = {
    dims: [channels, 1, height, width],
    data: new Float64Array(channels * height * width).fill(1 / (height * width)),
  }
  const bias = new Float64Array(channels)
  reader.add(
    node,
    { op: 'conv', transposed: false, x, weights, bias, group: channels, bounds: UNBOUNDED, ...window },
    4,
  )
}

export function readGlobalAveragePool(node: OnnxNode, reader: Reader): void {
  reader.add(node, { op: 'mean', x: inputOf(node, 0), axes: [2, 3], keep: true }, 4)
}

export function readReduceMean(node: OnnxNode, reader: Reader): void {
  const x = inputOf(node, 0)
  const axes = reader.integersAt(node.inputs[1])
  const rank = reader.rankOf(x)
  if (!axes) throw unsupported(node, 'its axes are not constant')
  const keep = intOf(node, 'keepdims', 1) === 1
  reader.add(node, { op: 'mean', x, axes, keep }, rank === undefined || keep ? rank : rank - axes.length)
}

/** `Resize` and `Upsample` to whole multiples by repeating pixels. */
export function readResize(node: OnnxNode, reader: Reader): void {
  const scales = reader.realsAt(
    node.inputs.find((name, i) => i > 0 && (reader.realsAt(name)?.data.length ?? 0) > 0),
  )?.data
  const plain = textOf(node, 'mode', 'nearest') === 'nearest' && textOf(node, 'nearest_mode', 'round_prefer_floor')
  const asymmetric = textOf(node, 'coordinate_transformation_mode', 'half_pixel') === 'asymmetric'
  if (node.op === 'Resize' && (plain !== 'floor' || !asymmetric))
    throw unsupported(node, 'it is not nearest, asymmetric and floor')
  const [n, c, ...factors] = scales ?? []
  if (n !== 1 || c !== 1 || factors.length !== 2 || factors.some((f) => !Number.isInteger(f) || f < 1)) {
    throw unsupported(node, 'its scales are not constant whole numbers for two axes')
  }
  reader.add(node, { op: 'resize', x: inputOf(node, 0), factors }, 4)
}

export function readSoftmax(node: OnnxNode, reader: Reader, opset: number): void {
  const x = inputOf(node, 0)
  const rank = reader.rankOf(x)
  const axis = intOf(node, 'axis', opset < 13 ? 1 : -1)
  const last = axis === -1 || (rank !== undefined && axis === rank - 1)
  if (!last) throw unsupported(node, `it runs over axis ${axis}, not the last one`)
  reader.add(node, { op: 'softmax', x, axis: -1 }, rank)
}

export function readLayerNorm(node: OnnxNode, reader: Reader): void {
  const x = inputOf(node, 0)
  const factor = reader.realsAt(node.inputs[1])?.data
  const shift = node.inputs[2] ? reader.realsAt(node.inputs[2])?.data : factor?.map(() => 0)
  if (intOf(node, 'axis', -1) !== -1 || !factor || !shift) {
    throw unsupported(node, 'it does not run over the last axis with constant scale and bias')
  }
  const epsilon = node.attributes.get('epsilon')
  reader.add(
    node,
    { op: 'layerNorm', x, factor, shift, epsilon: epsilon?.kind === 'float' ? epsilon.value : 1e-5 },
    reader.rankOf(x),
  )
}

/** Passes its input on: `Identity`, and `Dropout` outside training. */
export function readIdentity(node: OnnxNode, reader: Reader): void {
  reader.alias(outputOf(node), inputOf(node, 0))
}
