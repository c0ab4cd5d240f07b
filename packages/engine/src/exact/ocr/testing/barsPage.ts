import type { Image } from '../../../inference/ocr/image/image.ts'

/** Bars on white that the tiny networks take for text: red for "a", blue for "b". */
export function barsPage(): Image {
  const page = { width: 90, height: 70, data: new Uint8Array(90 * 70 * 3).fill(255) }
  const bar = (left: number, top: number, width: number, colours: readonly (readonly number[])[]) => {
    for (let y = top; y < top + 8; y++)
      for (let x = left; x < left + width; x++) {
        const colour = colours[Math.floor(((x - left) * colours.length) / width)] ?? []
        page.data.set(colour, (y * 90 + x) * 3)
      }
  }
  const [red, blue, black] = [
    [255, 0, 0],
    [0, 0, 255],
    [0, 0, 0],
  ]
  bar(5, 10, 20, [red, blue, red])
  bar(45, 12, 40, [blue, black, black, black, blue])
  bar(8, 40, 60, [red, red, black, black, blue])
  return page
}
