import { randomFrom } from '../../testing/graphs/random.ts'

/** Digits of 5 by 7 points, drawn for these tests: a row is five bits, the left one first. */
const FONT: readonly (readonly number[])[] = [
  [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
  [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
  [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
  [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110],
  [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
  [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
  [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
  [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
  [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
  [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
]
export const SIDE = 8
export const CLASSES = FONT.length

export type Glyph = { readonly digit: number; readonly pixels: Uint8Array }

/** Digits on 8 by 8 pixels: shifted by up to three columns and one row, of varying ink, with noise on every pixel. */
export function glyphs(seed: number, count: number): Glyph[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => {
    const digit = random.int(0, CLASSES - 1)
    const [left, top, ink] = [random.int(0, 3), random.int(0, 1), random.int(90, 200)]
    const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
      const [row, column] = [Math.floor(i / SIDE) - top, (i % SIDE) - left]
      const isInked = column >= 0 && column < 5 && (((FONT[digit]?.[row] ?? 0) >> (4 - column)) & 1) === 1
      return (isInked ? ink : 0) + random.int(0, 55)
    })
    return { digit, pixels }
  })
}
