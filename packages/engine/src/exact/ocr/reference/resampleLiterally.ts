import { type Tensor, tensorOf } from '@stoa/protocol'
import type { Image } from '../../../inference/ocr/image/image.ts'
import type { Window } from '../image/resample.ts'

/** specs/exact-ocr.md, "Resampling", as it stands there: each byte of the output is a sum of its own. */
export function resampleLiterally(page: Image, { box, width, height }: Window): Image {
  const across = { start: box.left, length: box.right - box.left, size: width }
  const down = { start: box.top, length: box.bottom - box.top, size: height }
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0n
        for (const row of samples(down, y)) {
          for (const column of samples(across, x)) {
            for (const [i, a] of neighbours(column)) {
              for (const [j, b] of neighbours(row)) sum += a * b * byteAt(page, i, j, c)
            }
          }
        }
        const all = 256n * BigInt(samples(across, x).length * samples(down, y).length)
        data[(y * width + x) * 3 + c] = Number(floorDiv(2n * sum + all, 2n * all))
      }
    }
  }
  return { width, height, data }
}

/** specs/exact-ocr.md, "Trace": the sums along x alone, of every row of the page that the window reads. */
export function acrossLiterally(page: Image, { box, width }: Pick<Window, 'box' | 'width'>): Tensor {
  const across = { start: box.left, length: box.right - box.left, size: width }
  const within = (row: number) => Math.min(Math.max(row, 0), page.height - 1)
  const rows: number[] = []
  for (let row = within(box.top - 1); row <= within(box.bottom); row++) rows.push(row)
  const sums: bigint[] = []
  for (let x = 0; x < width; x++) {
    for (let c = 0; c < 3; c++) {
      for (const row of rows) {
        let sum = 0n
        for (const column of samples(across, x))
          for (const [i, a] of neighbours(column)) sum += a * byteAt(page, i, BigInt(row), c)
        sums.push(sum)
      }
    }
  }
  return tensorOf('across', 'i32', [width, 3, rows.length], Int32Array.from(sums, Number))
}

type Axis = { readonly start: number; readonly length: number; readonly size: number }

/** Positions of the samples of output pixel k, in sixteenths of a pixel. */
function samples({ start, length, size }: Axis, k: number): bigint[] {
  const t = Math.ceil(length / size)
  return Array.from({ length: t }, (_, i) => {
    const s = BigInt(k * t + i)
    return 16n * BigInt(start) - 8n + floorDiv(16n * (2n * s + 1n) * BigInt(length), 2n * BigInt(size * t))
  })
}

/** The two pixels that a position lies between, with their weights. */
function neighbours(position: bigint): [pixel: bigint, weight: bigint][] {
  const pixel = floorDiv(position, 16n)
  const fraction = position - 16n * pixel
  return [
    [pixel, 16n - fraction],
    [pixel + 1n, fraction],
  ]
}

function byteAt({ width, height, data }: Image, i: bigint, j: bigint, c: number): bigint {
  const x = Math.min(Math.max(Number(i), 0), width - 1)
  const y = Math.min(Math.max(Number(j), 0), height - 1)
  return BigInt(data[(y * width + x) * 3 + c] ?? 0)
}

/** ⌊a / b⌋ for b > 0; BigInt's own division rounds towards zero. */
function floorDiv(a: bigint, b: bigint): bigint {
  return a >= 0n ? a / b : -((-a + b - 1n) / b)
}
