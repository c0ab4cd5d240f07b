import type { ImageInput } from '../emit/input.ts'
import type { Feed } from './observe.ts'

/** An image as a float network reads it: value · scale + offset, in planes. */
export function imageFeed(
  { width, height, data }: { readonly width: number; readonly height: number; readonly data: Uint8Array },
  { scale, offset, planes }: Pick<ImageInput, 'scale' | 'offset' | 'planes'>,
): Extract<Feed, { type: 'float32' }> {
  const size = width * height
  const out = new Float32Array(3 * size)
  for (let plane = 0; plane < 3; plane++) {
    const channel = planes === 'bgr' ? 2 - plane : plane
    const [factor, shift] = [scale[plane] ?? 1, offset[plane] ?? 0]
    for (let i = 0; i < size; i++) out[plane * size + i] = (data[3 * i + channel] ?? 0) * factor + shift
  }
  return { type: 'float32', dims: [1, 3, height, width], data: out }
}
