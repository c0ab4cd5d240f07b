import type { Image } from '../../../inference/ocr/image/image.ts'
import { type AxisWeights, axisWeights } from './axisWeights.ts'
import { type Box, heightOf, widthOf } from './box.ts'

/** What of a page to draw, and at which size. */
export type Window = { readonly box: Box; readonly width: number; readonly height: number }

/**
 * The part of a page that lies under `box` as an image of `width` × `height` pixels (specs/exact-ocr.md, "Resampling"). The specification's
 * double sum is separable: source rows are weighed along x once, each output row then weighs a few of those along y.
 */
export function resample(page: Image, { box, width, height }: Window): Image {
  if (width === widthOf(box) && height === heightOf(box)) return copy(page, box)
  const across = axisWeights(box.left, widthOf(box), width, page.width)
  const down = axisWeights(box.top, heightOf(box), height, page.height)
  const data = new Uint8Array(width * height * 3)
  const rows = rowCache(page, across, width, down.most)
  const divisor = across.total * down.total
  const sums = new Int32Array(width * 3)
  for (let y = 0; y < height; y++) {
    sums.fill(0)
    const first = down.first[y] ?? 0
    for (let i = 0; i < (down.count[y] ?? 0); i++) {
      const weight = down.weights[y * down.most + i] ?? 0
      const row = rows(first + i)
      for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] ?? 0) + Math.imul(weight, row[k] ?? 0)
    }
    divideInto(data, y * sums.length, sums, divisor)
  }
  return { width, height, data }
}

/** A window drawn at its own size: every sample lies at the centre of a pixel. */
function copy({ width, height, data }: Image, { left, top, right, bottom }: Box): Image {
  const row = new Uint8Array((right - left) * 3)
  const all = new Uint8Array(row.length * (bottom - top))
  const [from, to] = [Math.max(left, 0), Math.min(right, width)]
  for (let y = top; y < bottom; y++) {
    const line = data.subarray(Math.min(Math.max(y, 0), height - 1) * width * 3).subarray(0, width * 3)
    for (let x = left; x < Math.min(right, 0); x++) row.set(line.subarray(0, 3), (x - left) * 3)
    if (from < to) row.set(line.subarray(from * 3, to * 3), (from - left) * 3)
    for (let x = Math.max(left, width); x < right; x++) row.set(line.subarray(-3), (x - left) * 3)
    all.set(row, (y - top) * row.length)
  }
  return { width: right - left, height: bottom - top, data: all }
}

/** Writes one output row from byte `start` on: each sum over `divisor`, to the nearest, halves upwards. */
function divideInto(data: Uint8Array, start: number, sums: Int32Array, divisor: number): void {
  const half = divisor >> 1
  // Sums stay below 2^31 − half (256 per sample and 255 per byte, at most 158² samples), so this is integer arithmetic.
  for (let k = 0; k < sums.length; k++) data[start + k] = ((sums[k] ?? 0) + half) / divisor
}

/** Source rows weighed along x. Output rows ask in rising order, for at most `most` rows each: as many are kept. */
function rowCache(page: Image, across: AxisWeights, width: number, most: number): (row: number) => Int32Array {
  const kept = Array.from({ length: most }, () => ({ row: -1, values: new Int32Array(width * 3) }))
  return (row) => {
    const place = kept[row % most]
    if (!place) throw new RangeError('no row fits a cache of none')
    if (place.row !== row) {
      place.row = row
      weighRow(page.data, row * page.width * 3, across, place.values)
    }
    return place.values
  }
}

function weighRow(data: Uint8Array, start: number, { first, count, weights, most }: AxisWeights, to: Int32Array): void {
  for (let x = 0; x < first.length; x++) {
    let from = start + (first[x] ?? 0) * 3
    let [red, green, blue] = [0, 0, 0]
    const end = x * most + (count[x] ?? 0)
    for (let i = x * most; i < end; i++, from += 3) {
      const weight = weights[i] ?? 0
      red += Math.imul(weight, data[from] ?? 0)
      green += Math.imul(weight, data[from + 1] ?? 0)
      blue += Math.imul(weight, data[from + 2] ?? 0)
    }
    to[x * 3] = red
    to[x * 3 + 1] = green
    to[x * 3 + 2] = blue
  }
}
