import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findComponents, outline, type ProbabilityMap } from './findComponents.ts'

/** A map from a picture: `#` is 1, anything else 0. */
function mapOf(...rows: string[]): ProbabilityMap {
  const width = rows[0]?.length ?? 0
  return { width, height: rows.length, data: Float32Array.from(rows.join(''), (c) => (c === '#' ? 1 : 0)) }
}

test('joins pixels that touch at a corner, keeps others apart, and fills round corners', () => {
  const found = findComponents(mapOf('#.....#', '.#.###.', '..#....', '.....##', '##...##'), 0.5)
  expect(found).toEqual([
    {
      top: 0,
      pixels: 7,
      spans: [
        { left: 0, right: 6 },
        { left: 1, right: 5 },
        { left: 2, right: 2 },
      ],
    },
    { top: 3, pixels: 4, spans: [5, 5].map((left) => ({ left, right: 6 })) },
    { top: 4, pixels: 2, spans: [{ left: 0, right: 1 }] },
  ])
})

test('a value at the threshold is not above it', () => {
  expect(findComponents({ width: 2, height: 1, data: Float32Array.of(0.25, 0.5) }, 0.25)).toHaveLength(1)
  expect(findComponents({ width: 2, height: 1, data: Float32Array.of(0.25, 0.5) }, 0.5)).toHaveLength(0)
})

test('counts every pixel above the threshold once, and finds as many areas as joining pairs does', () => {
  const map = fc
    .record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) })
    .chain(({ width, height }) =>
      fc
        .array(fc.boolean(), { minLength: width * height, maxLength: width * height })
        .map((bits) => ({ width, height, data: Float32Array.from(bits, Number) })),
    )
  fc.assert(
    fc.property(map, (drawn) => {
      const found = findComponents(drawn, 0.5)
      expect(found.reduce((sum, { pixels }) => sum + pixels, 0)).toBe(drawn.data.reduce((a, b) => a + b, 0))
      expect(found.length).toBe(countByJoining(drawn))
    }),
  )
})

/** Another way to count the areas: every pixel its own set, neighbours' sets united. */
function countByJoining({ width, height, data }: ProbabilityMap): number {
  const parent = Array.from(data, (_, i) => i)
  const root = (i: number): number => (parent[i] === i ? i : root(parent[i] ?? i))
  const near = (a: number, b: number) =>
    Math.abs((a % width) - (b % width)) <= 1 && Math.abs(Math.floor(a / width) - Math.floor(b / width)) <= 1
  for (let a = 0; a < width * height; a++)
    for (let b = 0; b < a; b++) if (data[a] === 1 && data[b] === 1 && near(a, b)) parent[root(a)] = root(b)
  return new Set(Array.from(data.keys()).flatMap((i) => (data[i] === 1 ? [root(i)] : []))).size
}

test('the outline covers the pixels, not their centres', () => {
  expect(outline({ top: 4, pixels: 2, spans: [{ left: 1, right: 2 }] })).toEqual([
    { x: 1, y: 4 },
    { x: 3, y: 4 },
    { x: 1, y: 5 },
    { x: 3, y: 5 },
  ])
})
