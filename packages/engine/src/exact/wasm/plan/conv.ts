import type { OnnxNode } from '../../../onnx/model.ts'
import { denseKernel, panelWidth } from '../kernels/dense.ts'
import { depthwiseKernel } from '../kernels/depthwise.ts'
import { intOf, windowOf } from './attributes.ts'
import type { Chain } from './chain.ts'
import { planEpilogue } from './epilogue.ts'
import { depthwiseBias, depthwiseWeights, type PanelSource, panelBias, panelWeights } from './packWeights.ts'
import { addressOf, type PlanBuilder, type Word } from './planBuilder.ts'
import { CHANNELS_LAST, type View } from './view.ts'

/** Pixels of a row when all pixels of an image may count as neighbours: a multiple of the kernel's tile, few enough for the caches. */
export const FLAT_ROW = 60

type Shape4 = readonly [number, number, number, number]
const shape4 = ([n = 1, c = 1, h = 1, w = 1]: readonly number[]): Shape4 => [n, c, h, w]

type Convolution = {
  readonly node: OnnxNode
  readonly input: View
  /** [output channels, input channels of a group, kernel rows, kernel columns]; for ConvTranspose the first two are swapped. */
  readonly weights: { readonly data: Float32Array; readonly dims: Shape4 }
  readonly bias: Float32Array | undefined
  readonly dims: Shape4
}

function convolutionOf(plan: PlanBuilder, node: OnnxNode): Convolution {
  const [, weightName = '', biasName = ''] = node.inputs
  const weights = plan.constant(weightName)
  const bias = plan.constant(biasName)
  if (weights?.type !== 'f32' || (bias && bias.type !== 'f32'))
    throw new TypeError(`${node.op} needs constant f32 weights`)
  return {
    node,
    input: plan.dense(plan.input(node, 0), CHANNELS_LAST),
    weights: { data: weights.data, dims: shape4(weights.dims) },
    bias: bias?.data,
    dims: shape4(plan.facts(node.outputs[0] ?? '').dims),
  }
}

/** Plans `Conv`: channel by channel where every channel has its own kernel, else as sums over all channels, with zeros between groups. */
export function planConv(plan: PlanBuilder, node: OnnxNode, chain: Chain): View {
  const conv = convolutionOf(plan, node)
  const group = intOf(node, 'group', 1)
  const [, channels] = shape4(conv.input.dims)
  const [made] = conv.weights.dims
  if (group === channels && made === channels && group > 1) return planDepthwise(plan, conv, chain)
  const { top, left, down, across } = windowOf(node)
  const [, , kernelHeight, kernelWidth] = conv.weights.dims
  const out = outputOf(plan, conv, chain)
  const taps = Array.from({ length: kernelHeight * kernelWidth }, (_, tap) => tap)
  const [, , height, width] = conv.dims
  const isFlat =
    kernelHeight * kernelWidth === 1 &&
    down * across === 1 &&
    top + left === 0 &&
    height === conv.input.dims[2] &&
    width === conv.input.dims[3]
  planPhase(plan, conv, out, {
    form: 'panels',
    pack: () =>
      packed(conv, { groups: group, taps, columnStride: (channels / group) * taps.length, channelStride: taps.length }),
    window: { top, left, down, across, kernelHeight, kernelWidth },
    rows: height,
    columns: width,
    first: 0,
    rowStep: 1,
    columnStep: 1,
    isFlat,
  })
  return out.view
}

/**
 * Plans `ConvTranspose`: output pixels whose places are equal modulo the strides see the same taps, so that each such set is a convolution
 * of stride 1 with those taps in reverse.
 */
export function planConvTranspose(plan: PlanBuilder, node: OnnxNode, chain: Chain): View {
  const conv = convolutionOf(plan, node)
  const { top, left, down, across } = windowOf(node)
  const [, made, kernelHeight, kernelWidth] = conv.weights.dims
  const area = kernelHeight * kernelWidth
  const [, , height, width] = conv.dims
  const out = outputOf(plan, conv, chain)
  for (const y of phases(height, kernelHeight, down, top)) {
    for (const x of phases(width, kernelWidth, across, left)) {
      const taps = y.taps.flatMap((row) => x.taps.map((column) => row * kernelWidth + column))
      planPhase(plan, conv, out, {
        form: `phase ${taps.join()}`,
        pack: () => packed(conv, { groups: 1, taps, columnStride: area, channelStride: made * area }),
        window: {
          top: y.pad,
          left: x.pad,
          down: 1,
          across: 1,
          kernelHeight: y.taps.length,
          kernelWidth: x.taps.length,
        },
        rows: y.count,
        columns: x.count,
        first: y.first * width + x.first,
        rowStep: down,
        columnStep: across,
        isFlat: false,
      })
    }
  }
  return out.view
}

/** One axis of a transposed convolution: for each residue the first output place, their number, its taps, and padding before. */
function phases(length: number, kernel: number, stride: number, pad: number) {
  return Array.from({ length: Math.min(stride, length) }, (_, first) => {
    const residue = (first + pad) % stride
    const taps: number[] = []
    for (let tap = residue; tap < kernel; tap += stride) taps.unshift(tap)
    // Place first + j·stride sees input places q + j − t for tap number t, counted from the least, with q as below.
    const q = (first + pad - residue) / stride
    return { first, count: Math.ceil((length - first) / stride), taps, pad: taps.length - 1 - q }
  })
}

type Output = ReturnType<typeof outputOf>

function outputOf(plan: PlanBuilder, { dims }: Convolution, chain: Chain) {
  const made = { type: 'f32', dims, order: CHANNELS_LAST, channelAxis: 1 } as const
  const { epilogue, words } = planEpilogue(plan, chain, made)
  return { view: plan.allocate(epilogue.type, dims, CHANNELS_LAST), epilogue, words }
}

/** A part of a convolution's output that lies `rowStep` and `columnStep` pixels apart. */
type Phase = {
  readonly form: string
  readonly pack: () => Uint8Array
  readonly window: ReturnType<typeof windowOf> & { readonly kernelHeight: number; readonly kernelWidth: number }
  readonly rows: number
  readonly columns: number
  readonly first: number
  readonly rowStep: number
  readonly columnStep: number
  /** All pixels of all images may count as one row. */
  readonly isFlat: boolean
}

function planPhase(plan: PlanBuilder, conv: Convolution, { view, epilogue, words }: Output, phase: Phase): void {
  const { node, input } = conv
  const [images, channels, height, width] = shape4(input.dims)
  const [, made, , outWidth] = conv.dims
  const outHeight = conv.dims[2]
  const panels = Math.ceil(made / panelWidth('f32'))
  const { window, isFlat } = phase
  const pixels = images * phase.rows * phase.columns
  const rowLength = isFlat ? Math.min(FLAT_ROW, pixels) : phase.columns
  const rows = Math.ceil(pixels / Math.max(rowLength, 1))
  const pixelBytes = channels * 4
  const [weightName = '', biasName = ''] = node.inputs.slice(1)
  const all: Record<string, Word> = {
    input: addressOf(input),
    weights: { home: plan.place(weightName, phase.form, phase.pack), bytes: 0 },
    bias: { home: plan.place(biasName || weightName, `bias ${made}`, () => panelBias(conv.bias, made)), bytes: 0 },
    biasStep: 32,
    out: addressOf(view),
    zeros: plan.zeros(pixelBytes),
    batches: plan.table([0, 0, phase.first * made]),
    rows,
    pixels,
    rowLength,
    imageRows: isFlat ? rows : phase.rows,
    panels,
    columns: made,
    channels,
    kernelHeight: window.kernelHeight,
    kernelWidth: window.kernelWidth,
    depthStep: 0,
    panelStep: window.kernelHeight * window.kernelWidth * channels * 32,
    height: isFlat ? rows : height,
    width: isFlat ? rowLength : width,
    strideY: window.down,
    strideX: window.across,
    padTop: window.top,
    padLeft: window.left,
    imageBytes: height * width * pixelBytes,
    rowBytes: (isFlat ? rowLength : width) * pixelBytes,
    pixelBytes,
    outImage: outHeight * outWidth * made,
    outRow: (isFlat ? rowLength : phase.rowStep * outWidth) * made,
    outPixel: phase.columnStep * made,
    ...words,
  }
  const unitCost = 4 * rowLength * channels * window.kernelHeight * window.kernelWidth
  plan.emit(denseKernel({ type: 'f32', packed: true, epilogue }), rows * panels, unitCost, all)
}

function packed(
  { input, weights: { data }, dims: [, columns] }: Convolution,
  how: Pick<PanelSource, 'groups' | 'taps' | 'columnStride' | 'channelStride'>,
): Uint8Array {
  const [, channels] = shape4(input.dims)
  return panelWeights({ data, columns, channels, ...how })
}

function planDepthwise(plan: PlanBuilder, conv: Convolution, chain: Chain): View {
  const { node, input, weights } = conv
  const [images, channels, height, width] = shape4(input.dims)
  const [, , kernelHeight, kernelWidth] = weights.dims
  const [, , outHeight, outWidth] = conv.dims
  const { top, left, down, across } = windowOf(node)
  const { view, epilogue, words } = outputOf(plan, conv, chain)
  const [weightName = '', biasName = ''] = node.inputs.slice(1)
  const firstInside = Math.ceil(left / across)
  const lastInside = Math.floor((width - kernelWidth + left) / across)
  plan.emit(
    depthwiseKernel({ kernelWidth, strideX: across, epilogue }),
    images * outHeight,
    (outWidth * channels * weights.dims[2] * kernelWidth) / 2,
    {
      input: addressOf(input),
      weights: {
        home: plan.place(weightName, 'depthwise', () =>
          depthwiseWeights(weights.data, channels, kernelHeight * kernelWidth),
        ),
        bytes: 0,
      },
      bias: {
        home: plan.place(biasName || weightName, 'depthwise bias', () => depthwiseBias(conv.bias, channels)),
        bytes: 0,
      },
      out: addressOf(view),
      rowLength: outWidth,
      imageRows: outHeight,
      channels,
      kernelHeight,
      height,
      width,
      strideY: down,
      padTop: top,
      padLeft: left,
      imageBytes: height * width * channels * 4,
      rowBytes: width * channels * 4,
      pixelBytes: channels * 4,
      insideBegin: firstInside,
      insideEnd: Math.min(outWidth, lastInside + 1),
      ...words,
    },
  )
  return view
}
