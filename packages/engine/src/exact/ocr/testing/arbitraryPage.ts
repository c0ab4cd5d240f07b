import fc from 'fast-check'
import type { Image } from '../../../inference/ocr/image/image.ts'
import type { Window } from '../image/resample.ts'

/** A small page of random pixels, many of them black or white. */
export function arbitraryPage(maxSide = 40): fc.Arbitrary<Image> {
  const byte = fc.oneof(fc.constantFrom(0, 255), fc.nat({ max: 255 }))
  const side = fc.integer({ min: 1, max: maxSide })
  return fc.tuple(side, side).chain(([width, height]) => {
    const size = width * height * 3
    return fc
      .array(byte, { minLength: size, maxLength: size })
      .map((data) => ({ width, height, data: Uint8Array.from(data) }))
  })
}

/** A box on a page, or a little beyond it, and a size that enlarges or reduces it. */
export function arbitraryWindow({ width, height }: Image): fc.Arbitrary<Window> {
  const side = fc.integer({ min: 1, max: 64 })
  return fc
    .record({
      left: fc.integer({ min: -20, max: width + 10 }),
      top: fc.integer({ min: -20, max: height + 10 }),
      across: side,
      down: side,
      width: side,
      height: side,
    })
    .map(({ left, top, across, down, ...size }) => ({
      box: { left, top, right: left + across, bottom: top + down },
      ...size,
    }))
}
