import { panelWidth } from '../kernels/dense.ts'
import { LANES } from '../kernels/lanes.ts'

const bytesOf = ({ buffer }: Float32Array | Float64Array): Uint8Array => new Uint8Array(buffer)

/** Where the weights of a sum of products are: element of column c, tap t and channel k at c · `columnStride` + `taps[t]` + k · `channelStride`. */
export type PanelSource = {
  readonly data: Float32Array | Float64Array
  readonly columns: number
  /** Channels of the input, of which each column reads those of its group. */
  readonly channels: number
  readonly groups: number
  readonly taps: readonly number[]
  readonly columnStride: number
  readonly channelStride: number
}

/** Weights as panels, [panel][tap][channel][panel's columns], with zeros for channels of other groups and after the last column. */
export function panelWeights(source: PanelSource): Uint8Array {
  const { data, columns, channels, groups, taps, columnStride, channelStride } = source
  const width = panelWidth(data instanceof Float32Array ? 'f32' : 'f64')
  const panel = taps.length * channels * width
  const length = Math.ceil(columns / width) * panel
  const packed = data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)
  const perGroup = channels / groups
  for (let column = 0; column < columns; column++) {
    const firstChannel = Math.floor((column * groups) / columns) * perGroup
    const start = Math.floor(column / width) * panel + (column % width) + firstChannel * width
    for (const [tap, offset] of taps.entries()) {
      let to = start + tap * channels * width
      let from = column * columnStride + offset
      for (let k = 0; k < perGroup; k++, to += width, from += channelStride) packed[to] = data[from] as number
    }
  }
  return bytesOf(packed)
}

/** One value for every column of every panel; zeros where there is no bias. */
export function panelBias(bias: Float32Array | undefined, columns: number): Uint8Array {
  const packed = new Float32Array(Math.ceil(columns / panelWidth('f32')) * panelWidth('f32'))
  if (bias) packed.set(bias)
  return bytesOf(packed)
}

/** Kernels of single channels, [channel / 4][tap][4]. */
export function depthwiseWeights(data: Float32Array, channels: number, taps: number): Uint8Array {
  const packed = new Float32Array(Math.ceil(channels / LANES) * LANES * taps)
  for (let channel = 0; channel < channels; channel++) {
    for (let tap = 0; tap < taps; tap++) {
      packed[(Math.floor(channel / LANES) * taps + tap) * LANES + (channel % LANES)] = data[channel * taps + tap] ?? 0
    }
  }
  return bytesOf(packed)
}

export function depthwiseBias(bias: Float32Array | undefined, channels: number): Uint8Array {
  const packed = new Float32Array(Math.ceil(channels / LANES) * LANES)
  if (bias) packed.set(bias)
  return bytesOf(packed)
}
