import { panelWidth } from '../kernels/dense.ts'
import { LANES } from '../kernels/lanes.ts'

const bytesOf = ({ buffer }: Float32Array | Float64Array): Uint8Array => new Uint8Array(buffer)

export type PanelShape = { readonly columns: number; readonly taps: number; readonly channels: number }

/** Weights as panels, [panel][tap][channel][panel's columns], with zeros after the last column. */
export function panelWeights(
  { columns, taps, channels }: PanelShape,
  weight: (column: number, tap: number, channel: number) => number,
  type: 'f32' | 'f64' = 'f32',
): Uint8Array {
  const width = panelWidth(type)
  const length = Math.ceil(columns / width) * taps * channels * width
  const packed = type === 'f32' ? new Float32Array(length) : new Float64Array(length)
  for (let column = 0; column < columns; column++) {
    const panel = Math.floor(column / width) * taps * channels * width + (column % width)
    for (let tap = 0; tap < taps; tap++) {
      for (let channel = 0; channel < channels; channel++) {
        packed[panel + (tap * channels + channel) * width] = weight(column, tap, channel)
      }
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
