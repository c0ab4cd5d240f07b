import type { Rectangle } from '../geometry/rectangle.ts'
import type { Image } from './image.ts'

/** How a network wants its colours: value × `scale` + `offset` for each plane, planes in the order blue, green, red. */
export type Normalisation = {
  readonly scale: readonly [number, number, number]
  readonly offset: readonly [number, number, number]
}

/** A window of a planar float32 tensor: three planes of `planeSize` values from `at` on, rows `stride` values apart. */
export type Planes = {
  readonly data: Float32Array
  readonly at: number
  readonly stride: number
  readonly planeSize: number
}

/**
 * Draws what lies under `rectangle`, upright, as width × height normalised pixels into `planes`: bilinear where pixels are
 * enlarged, the mean of enough bilinear samples to miss no pixel where they are reduced. Outside the image its edge goes on.
 */
export function samplePlanes(
  image: Image,
  rectangle: Rectangle,
  size: { readonly width: number; readonly height: number },
  planes: Planes,
  { scale, offset }: Normalisation,
): void {
  const tapsU = Math.max(1, Math.ceil(rectangle.width / size.width))
  const tapsV = Math.max(1, Math.ceil(rectangle.height / size.height))
  // Steps from one sample to the next, along and across.
  const [u, v] = [rectangle.width / (size.width * tapsU), rectangle.height / (size.height * tapsV)]
  const { center, along } = rectangle
  const share = 1 / (tapsU * tapsV)
  const sum = new Float64Array(3)
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      sum.fill(0)
      for (let i = 0; i < tapsU * tapsV; i++) {
        const du = (column * tapsU + (i % tapsU) + 0.5) * u - rectangle.width / 2
        const dv = (row * tapsV + Math.floor(i / tapsU) + 0.5) * v - rectangle.height / 2
        addSample(sum, image, center.x + du * along.x - dv * along.y, center.y + du * along.y + dv * along.x)
      }
      const at = planes.at + row * planes.stride + column
      for (let plane = 0; plane < 3; plane++) {
        const value = (sum[2 - plane] ?? 0) * share
        planes.data[at + plane * planes.planeSize] = value * (scale[plane] ?? 0) + (offset[plane] ?? 0)
      }
    }
  }
}

/** Adds the colour at a point; pixel centres lie at half-integers. */
function addSample(sum: Float64Array, { width, height, data }: Image, x: number, y: number): void {
  const cx = Math.min(Math.max(x - 0.5, 0), width - 1)
  const cy = Math.min(Math.max(y - 0.5, 0), height - 1)
  const left = Math.floor(cx)
  const top = Math.floor(cy)
  const fx = cx - left
  const fy = cy - top
  const a = (top * width + left) * 3
  const b = left + 1 < width ? a + 3 : a
  const below = top + 1 < height ? width * 3 : 0
  const wa = (1 - fx) * (1 - fy)
  const wb = fx * (1 - fy)
  const wc = (1 - fx) * fy
  const wd = fx * fy
  for (let i = 0; i < 3; i++) {
    const upper = wa * (data[a + i] ?? 0) + wb * (data[b + i] ?? 0)
    sum[i] = (sum[i] ?? 0) + upper + wc * (data[a + below + i] ?? 0) + wd * (data[b + below + i] ?? 0)
  }
}
