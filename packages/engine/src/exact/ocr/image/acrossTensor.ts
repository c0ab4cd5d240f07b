import { type Tensor, tensorOf } from '@stoa/protocol'
import type { Image } from '../../../inference/ocr/image/image.ts'
import { axisWeights } from './axisWeights.ts'
import { widthOf } from './box.ts'
import type { Window } from './resample.ts'

/** The first and the last row of a page that a window may read: those that it covers, and one more on either side, where the page has them. */
export function rowsUnder({ box: { top, bottom } }: Window, { height }: Pick<Image, 'height'>): [number, number] {
  const clamp = (row: number) => Math.min(Math.max(row, 0), height - 1)
  return [clamp(top - 1), clamp(bottom)]
}

/**
 * The page's rows under a window weighed along x alone: for every column of what is drawn, and every colour, one sum a row (specs/exact-ocr.md,
 * "Trace"). Half of the way from the page to the window's pixels, so that neither half reads more than one row or one column.
 */
export function acrossTensor(page: Image, window: Window): Tensor {
  const { first, count, weights, most } = axisWeights(window.box.left, widthOf(window.box), window.width, page.width)
  const [from, to] = rowsUnder(window, page)
  const rows = to - from + 1
  const sums = new Int32Array(window.width * 3 * rows)
  for (let x = 0; x < window.width; x++) {
    for (let row = 0; row < rows; row++) {
      const start = ((from + row) * page.width + (first[x] ?? 0)) * 3
      for (let colour = 0; colour < 3; colour++) {
        let sum = 0
        for (let i = 0; i < (count[x] ?? 0); i++)
          sum += Math.imul(weights[x * most + i] ?? 0, page.data[start + 3 * i + colour] ?? 0)
        sums[(3 * x + colour) * rows + row] = sum
      }
    }
  }
  return tensorOf('across', 'i32', [window.width, 3, rows], sums)
}
