import type { OnnxNode } from '../../../onnx/model.ts'
import { elementsOf, type Value } from '../../value.ts'
import { attribute, lengths, requireAttribute } from '../attributes.ts'
import {
  fromNumbers,
  type Inputs,
  inputAt,
  type NumberArray,
  numbersOf,
  requireRank,
  requireType,
} from '../elements.ts'
import { Refusal } from '../errors.ts'
import type { Operator } from '../operator.ts'

type Convolution = {
  readonly x: Value
  readonly w: Value
  readonly bias: NumberArray | undefined
  readonly kernel: readonly [number, number]
  readonly strides: readonly number[]
  /** Top, left, bottom, right. */
  readonly pads: readonly number[]
}

function convolutionOf(node: OnnxNode, inputs: Inputs): Convolution {
  const [x, w, b] = [inputAt(inputs, 0), inputAt(inputs, 1), inputs[2]]
  for (const value of [x, w, ...(b ? [b] : [])]) requireType(value, 'f32')
  requireRank(x, 4)
  requireRank(w, 4)
  requireAttribute(node, 'auto_pad', 'NOTSET')
  requireAttribute(node, 'dilations', 1)
  const kernel = [w.dims[2] as number, w.dims[3] as number] as const
  const stated = attribute(node, 'kernel_shape', 'ints') ?? kernel
  if (stated.length !== 2 || stated.some((length, i) => length !== kernel[i])) {
    throw new Refusal(`kernel_shape ${stated.join('×')} is not that of the weights, ${kernel.join('×')}`)
  }
  const bias = b === undefined ? undefined : numbersOf(b)
  return { x, w, bias, kernel, strides: lengths(node, 'strides', 2, 1), pads: lengths(node, 'pads', 4, 0) }
}

/** Of the places 0 to count − 1, those from first to below last for which place · stride + shift lies in [0, length). */
function inside(count: number, stride: number, shift: number, length: number): { first: number; last: number } {
  const first = Math.max(0, Math.ceil(-shift / stride))
  return { first, last: Math.min(count, Math.floor((length - 1 - shift) / stride) + 1) }
}

/**
 * y[n, m, i, j] = b[m] + Σ w[m, c, u, v] · x[n, c', i·s + u − top, j·t + v − left], where x is 0 outside; sums in doubles, which hold
 * every partial sum exactly as long as Σ|w · x| stays below 2^53 units, 2^29 times what the profile admits.
 */
export const conv: Operator = (node, inputs) => {
  const { x, w, bias, kernel, strides, pads } = convolutionOf(node, inputs)
  const group = attribute(node, 'group', 'int') ?? 1
  const [batch, channels, height, width] = x.dims as [number, number, number, number]
  const [made, perGroup] = w.dims as [number, number]
  if (perGroup * group !== channels || made % group !== 0) throw new Refusal('weights and channels do not match')
  const [rows, columns] = [0, 1].map((axis) => {
    const padded = (x.dims[axis + 2] as number) + (pads[axis] as number) + (pads[axis + 2] as number)
    return Math.floor((padded - (kernel[axis] as number)) / (strides[axis] as number)) + 1
  }) as [number, number]
  if (rows < 1 || columns < 1) throw new Refusal('the kernel is larger than the padded input')
  if (bias !== undefined && bias.length !== made) throw new Refusal('there is not one bias for each channel')
  const dims = [batch, made, rows, columns]
  const [input, weights] = [numbersOf(x), numbersOf(w)]
  const sums = new Float64Array(elementsOf(dims))
  for (let n = 0; n < batch; n++) {
    for (let m = 0; m < made; m++) {
      const plane = sums.subarray((n * made + m) * rows * columns, (n * made + m + 1) * rows * columns)
      plane.fill(bias?.[m] ?? 0)
      const firstChannel = Math.floor((m * group) / made) * perGroup
      for (let c = 0; c < perGroup; c++) {
        const from = (n * channels + firstChannel + c) * height * width
        const kernelFrom = (m * perGroup + c) * kernel[0] * kernel[1]
        addPlane({ plane, rows, columns, input, from, height, width, weights, kernelFrom, kernel, strides, pads })
      }
    }
  }
  return [fromNumbers('f32', dims, sums)]
}

type Plane = Pick<Convolution, 'kernel' | 'strides' | 'pads'> & {
  readonly plane: Float64Array
  readonly rows: number
  readonly columns: number
  readonly input: NumberArray
  readonly from: number
  readonly height: number
  readonly width: number
  readonly weights: NumberArray
  readonly kernelFrom: number
}

/** Adds what one channel of the input contributes to one channel of the output, tap by tap of the kernel. */
function addPlane({ plane, rows, columns, input, from, height, width, weights, kernelFrom, ...how }: Plane): void {
  const [down, right] = how.strides as [number, number]
  const [top, left] = how.pads as [number, number]
  for (let u = 0; u < how.kernel[0]; u++) {
    const vertical = inside(rows, down, u - top, height)
    for (let v = 0; v < how.kernel[1]; v++) {
      const weight = weights[kernelFrom + u * how.kernel[1] + v] as number
      const horizontal = inside(columns, right, v - left, width)
      for (let i = vertical.first; i < vertical.last; i++) {
        const row = from + (i * down + u - top) * width + v - left
        const to = i * columns
        for (let j = horizontal.first; j < horizontal.last; j++) {
          plane[to + j] = (plane[to + j] as number) + weight * (input[row + j * right] as number)
        }
      }
    }
  }
}

/**
 * Every element x[n, c, i, j] adds w[c, m, u, v] · x to y[n, m, i·s + u − top, j·t + v − left] where that lies within y, whose lengths are
 * (length − 1) · stride + kernel − pads.
 */
export const convTranspose: Operator = (node, inputs) => {
  const { x, w, bias, kernel, strides, pads } = convolutionOf(node, inputs)
  requireAttribute(node, 'group', 1)
  requireAttribute(node, 'output_padding', 0)
  if (node.attributes.has('output_shape')) throw new Refusal('attribute output_shape is not part of the profile')
  const [batch, channels, height, width] = x.dims as [number, number, number, number]
  const [taken, made] = w.dims as [number, number]
  if (taken !== channels) throw new Refusal('weights and channels do not match')
  const [rows, columns] = [0, 1].map((axis) => {
    const spread = ((x.dims[axis + 2] as number) - 1) * (strides[axis] as number) + (kernel[axis] as number)
    return spread - (pads[axis] as number) - (pads[axis + 2] as number)
  }) as [number, number]
  if (rows < 1 || columns < 1) throw new Refusal('the padding takes away all of the output')
  if (bias !== undefined && bias.length !== made) throw new Refusal('there is not one bias for each channel')
  const dims = [batch, made, rows, columns]
  const [input, weights] = [numbersOf(x), numbersOf(w)]
  const [down, right] = strides as [number, number]
  const [top, left] = pads as [number, number]
  const sums = new Float64Array(elementsOf(dims))
  for (let n = 0; n < batch; n++) {
    for (let m = 0; m < made; m++) {
      const to = (n * made + m) * rows * columns
      sums.fill(bias?.[m] ?? 0, to, to + rows * columns)
      for (let c = 0; c < channels; c++) {
        const from = (n * channels + c) * height * width
        for (let u = 0; u < kernel[0]; u++) {
          const vertical = inside(height, down, u - top, rows)
          for (let v = 0; v < kernel[1]; v++) {
            const weight = weights[((c * made + m) * kernel[0] + u) * kernel[1] + v] as number
            const horizontal = inside(width, right, v - left, columns)
            for (let i = vertical.first; i < vertical.last; i++) {
              const row = to + (i * down + u - top) * columns + v - left
              for (let j = horizontal.first; j < horizontal.last; j++) {
                const at = row + j * right
                sums[at] = (sums[at] as number) + weight * (input[from + i * width + j] as number)
              }
            }
          }
        }
      }
    }
  }
  return [fromNumbers('f32', dims, sums)]
}
