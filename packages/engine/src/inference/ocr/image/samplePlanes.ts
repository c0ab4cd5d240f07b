import { pointAt, type Rectangle } from '../geometry/rectangle.ts'
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
  const [stepU, stepV] = [rectangle.width / size.width, rectangle.height / size.height]
  const [tapsU, tapsV] = [Math.max(1, Math.ceil(stepU)), Math.max(1, Math.ceil(stepV))]
  const across = { x: (rectangle.along.x * stepU) / tapsU, y: (rectangle.along.y * stepU) / tapsU }
  const sum = new Float64Array(3)
  const share = 1 / (tapsU * tapsV)
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      sum.fill(0)
      for (let tap = 0; tap < tapsV; tap++) {
        const v = (row + (tap + 0.5) / tapsV) * stepV - rectangle.height / 2
        const u = (column + 0.5 / tapsU) * stepU - rectangle.width / 2
        const start = pointAt(rectangle, u, v)
        for (let i = 0; i < tapsU; i++) addSample(sum, image, start.x + i * across.x, start.y + i * across.y)
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
  const [left, top] = [Math.floor(cx), Math.floor(cy)]
  const [fx, fy] = [cx - left, cy - top]
  const a = (top * width + left) * 3
  const b = left + 1 < width ? a + 3 : a
  const below = top + 1 < height ? width * 3 : 0
  for (let c = 0; c < 3; c++) {
    const upper = (data[a + c] ?? 0) * (1 - fx) + (data[b + c] ?? 0) * fx
    const lower = (data[a + below + c] ?? 0) * (1 - fx) + (data[b + below + c] ?? 0) * fx
    sum[c] = (sum[c] ?? 0) + upper * (1 - fy) + lower * fy
  }
}
