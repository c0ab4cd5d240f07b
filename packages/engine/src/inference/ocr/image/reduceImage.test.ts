import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reduceImage } from './reduceImage.ts'

test('each pixel is the rounded mean of its block, smaller at the edges', () => {
  const image = fc
    .record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) })
    .chain(({ width, height }) =>
      fc
        .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
        .map((data) => ({ width, height, data })),
    )
  fc.assert(
    fc.property(image, fc.integer({ min: 2, max: 5 }), (from, factor) => {
      const to = reduceImage(from, factor)
      expect([to.width, to.height]).toEqual([Math.ceil(from.width / factor), Math.ceil(from.height / factor)])
      to.data.forEach((value, i) => {
        const [c, x, y] = [i % 3, Math.floor(i / 3) % to.width, Math.floor(i / 3 / to.width)]
        const block: number[] = []
        for (let row = y * factor; row < Math.min(from.height, (y + 1) * factor); row++)
          for (let column = x * factor; column < Math.min(from.width, (x + 1) * factor); column++)
            block.push(from.data[(row * from.width + column) * 3 + c] ?? Number.NaN)
        expect(value).toBe(Math.round(block.reduce((a, b) => a + b) / block.length))
      })
    }),
  )
})

test('factor 1 copies nothing', () => {
  const image = { width: 1, height: 1, data: new Uint8Array(3) }
  expect(reduceImage(image, 1)).toBe(image)
})
