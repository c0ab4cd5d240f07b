import type { OnnxNode } from '../../../onnx/model.ts'
import { maxPoolKernel } from '../kernels/maxPool.ts'
import { intsOf, windowOf } from './attributes.ts'
import type { Chain } from './chain.ts'
import { planEpilogue } from './epilogue.ts'
import { addressOf, type PlanBuilder } from './planBuilder.ts'
import { CHANNELS_LAST, type View } from './view.ts'

/** Plans `MaxPool`. */
export function planMaxPool(plan: PlanBuilder, node: OnnxNode, chain: Chain): View {
  const input = plan.dense(plan.input(node, 0), CHANNELS_LAST)
  const { dims } = plan.facts(node.outputs[0] ?? '')
  const [images = 1, channels = 1, outHeight = 1, outWidth = 1] = dims
  const [, , height = 1, width = 1] = input.dims
  const [kernelHeight = 1, kernelWidth = 1] = intsOf(node, 'kernel_shape', [])
  const { top, left, down, across } = windowOf(node)
  const made = { type: 'f32', dims, order: CHANNELS_LAST, channelAxis: 1 } as const
  const { epilogue, words } = planEpilogue(plan, chain, made)
  const out = plan.allocate(epilogue.type, dims, CHANNELS_LAST)
  plan.emit(maxPoolKernel(epilogue), images * outHeight, (outWidth * channels * kernelHeight * kernelWidth) / 4, {
    input: addressOf(input),
    out: addressOf(out),
    rowLength: outWidth,
    imageRows: outHeight,
    channels,
    kernelHeight,
    kernelWidth,
    height,
    width,
    strideY: down,
    strideX: across,
    padTop: top,
    padLeft: left,
    ...words,
  })
  return out
}
