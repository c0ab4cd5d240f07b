import type { Image } from './image.ts'

/**
 * The image shrunk by a whole `factor`, each pixel the rounded mean of factor × factor pixels. Pixels at the right and lower edge
 * that fill no whole block are averaged over what there is. Factor 1 returns the image itself.
 */
export function reduceImage(image: Image, factor: number): Image {
  if (factor <= 1) return image
  const width = Math.ceil(image.width / factor)
  const height = Math.ceil(image.height / factor)
  const data = new Uint8Array(width * height * 3)
  const sums = new Uint32Array(width * 3)
  for (let y = 0; y < height; y++) {
    sums.fill(0)
    const bottom = Math.min(image.height, (y + 1) * factor)
    for (let row = y * factor; row < bottom; row++) addRow(sums, image, row, factor)
    const rows = bottom - y * factor
    for (let x = 0; x < width; x++) {
      const count = rows * Math.min(factor, image.width - x * factor)
      for (let c = 0; c < 3; c++) data[(y * width + x) * 3 + c] = Math.floor((sums[x * 3 + c] ?? 0) / count + 0.5)
    }
  }
  return { width, height, data }
}

/** Adds one row of pixels to the sums of the blocks it crosses. */
function addRow(sums: Uint32Array, { width, data }: Image, row: number, factor: number): void {
  let from = row * width * 3
  for (let x = 0, block = 0; x < width; block += 3) {
    const end = Math.min(width, x + factor)
    let [red, green, blue] = [0, 0, 0]
    for (; x < end; x++, from += 3) {
      red += data[from] ?? 0
      green += data[from + 1] ?? 0
      blue += data[from + 2] ?? 0
    }
    sums[block] = (sums[block] ?? 0) + red
    sums[block + 1] = (sums[block + 1] ?? 0) + green
    sums[block + 2] = (sums[block + 2] ?? 0) + blue
  }
}
