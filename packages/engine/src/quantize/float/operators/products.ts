import type { OnnxNode } from '../../../onnx/model.ts'
import { floatOf, inputOf, intOf, intsOf, type Reader, textOf, unsupported } from '../reader.ts'
import { type Reals, UNBOUNDED, type Window } from '../step.ts'

/** `Conv` and `ConvTranspose` of images with constant weights. */
export function readConv(node: OnnxNode, reader: Reader): void {
  const transposed = node.op === 'ConvTranspose'
  const weights = reader.realsAt(node.inputs[1])
  if (!weights) throw unsupported(node, 'its weights are not constant')
  if (weights.dims.length !== 4) throw unsupported(node, `its weights have ${weights.dims.length} axes, not 4`)
  const group = intOf(node, 'group', 1)
  if (intsOf(node, 'dilations', []).some((dilation) => dilation !== 1)) throw unsupported(node, 'it is dilated')
  if (transposed && (group !== 1 || intsOf(node, 'output_padding', []).some((length) => length !== 0))) {
    throw unsupported(node, 'only one group and no output_padding have an exact form')
  }
  const channels = weights.dims[transposed ? 1 : 0] as number
  const bias = node.inputs[2] ? reader.realsAt(node.inputs[2])?.data : new Float64Array(channels)
  if (!bias) throw unsupported(node, 'its bias is not constant')
  const window = readWindow(node, 4)
  reader.add(
    node,
    { op: 'conv', transposed, x: inputOf(node, 0), weights, bias, group, bounds: UNBOUNDED, ...window },
    4,
  )
}

/** Strides and paddings of a convolution or pooling over two axes. */
export function readWindow(node: OnnxNode, ends: number): Window {
  if (textOf(node, 'auto_pad', 'NOTSET') !== 'NOTSET') throw unsupported(node, 'auto_pad is set')
  const pads = intsOf(node, 'pads', new Array<number>(ends).fill(0))
  if (pads.length !== 4) throw unsupported(node, 'it does not run over two axes')
  return { strides: intsOf(node, 'strides', [1, 1]), pads }
}

/** `MatMul` and `Gemm`: with constant weights on the right, or of two computed tensors. */
export function readMatMul(node: OnnxNode, reader: Reader): void {
  const [a, b] = [inputOf(node, 0), inputOf(node, 1)]
  const gemm = node.op === 'Gemm'
  if (gemm && (intOf(node, 'transA', 0) !== 0 || floatOf(node, 'alpha', 1) !== 1 || floatOf(node, 'beta', 1) !== 1)) {
    throw unsupported(node, 'transA, alpha or beta are set')
  }
  const weights = reader.realsAt(b)
  if (!weights) {
    if (gemm || reader.isConstant(a)) throw unsupported(node, 'constants stand on the left')
    reader.add(node, { op: 'product', a, b }, Math.max(reader.rankOf(a) ?? 0, reader.rankOf(b) ?? 0) || undefined)
    return
  }
  if (weights.dims.length !== 2) throw unsupported(node, `its weights have ${weights.dims.length} axes, not 2`)
  const turned = gemm && intOf(node, 'transB', 0) === 1 ? transpose(weights) : weights
  const columns = turned.dims[1] as number
  const bias = gemm && node.inputs[2] ? reader.realsAt(node.inputs[2]) : undefined
  if (gemm && node.inputs[2] && bias?.data.length !== columns) throw unsupported(node, 'C is not one number a column')
  reader.add(
    node,
    { op: 'linear', x: a, weights: turned, bias: bias?.data ?? new Float64Array(columns), bounds: UNBOUNDED },
    gemm ? 2 : reader.rankOf(a),
  )
}

function transpose({ dims, data }: Reals): Reals {
  const [rows, columns] = [dims[0] as number, dims[1] as number]
  const turned = new Float64Array(data.length)
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) turned[c * rows + r] = data[r * columns + c] as number
  return { dims: [columns, rows], data: turned }
}

/** `BatchNormalization` of images: a factor and a shift for each channel. */
export function readBatchNorm(node: OnnxNode, reader: Reader): void {
  const [gamma, beta, mean, variance] = node.inputs.slice(1, 5).map((name) => reader.realsAt(name)?.data)
  if (!gamma || !beta || !mean || !variance) throw unsupported(node, 'its statistics are not constant')
  const x = inputOf(node, 0)
  const rank = reader.rankOf(x)
  if (rank === undefined || rank < 2) throw unsupported(node, 'the number of axes of its input is unknown')
  const epsilon = floatOf(node, 'epsilon', 1e-5)
  const factor = gamma.map((g, c) => g / Math.sqrt((variance[c] as number) + epsilon))
  const shift = beta.map((b, c) => b - (mean[c] as number) * (factor[c] as number))
  reader.add(node, { op: 'affine', x, axis: 1 - rank, factor, shift }, rank)
}
