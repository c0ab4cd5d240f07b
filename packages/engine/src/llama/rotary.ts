import { power, sinCos } from '../quantize/lower/functions.ts'
import type { LlamaConfig } from './checkpoint.ts'

/**
 * Cosines and sines of rotary positions (arXiv 2104.09864) in the half-split layout: [context, headDim] each, so that a head's
 * channels x turn to x · cos + swap(x) · sin, where swap exchanges the two halves. The sign of the first half is in the sines.
 */
export function rotaryTables({ context, headDim, ropeTheta }: LlamaConfig): { cos: Float64Array; sin: Float64Array } {
  const half = headDim / 2
  const cos = new Float64Array(context * headDim)
  const sin = new Float64Array(context * headDim)
  for (let i = 0; i < half; i++) {
    const speed = power(ropeTheta, (-2 * i) / headDim)
    for (let position = 0; position < context; position++) {
      const [s, c] = sinCos(position * speed)
      const [left, right] = [position * headDim + i, position * headDim + half + i]
      cos[left] = c
      cos[right] = c
      sin[left] = -s
      sin[right] = s
    }
  }
  return { cos, sin }
}

/** Where each channel of a head finds its partner. */
export const swappedChannels = (headDim: number): number[] =>
  Array.from({ length: headDim }, (_, i) => (i + headDim / 2) % headDim)
