import { expect, test } from 'vitest'
import { fitLine, growthOf, type Sample } from './series.ts'

const MB = 1 << 20
const samples = (of: (i: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 60 }, (_, i) => ({ seconds: 10 * i, rss: 200 * MB, heap: 40 * MB, descriptors: 30, ...of(i) }))

test('finds the line, and how far samples lie from it', () => {
  const { mean, growth, scatter } = fitLine(
    samples((i) => ({ rss: 1_000 + 5 * i })),
    ({ rss }) => rss,
  )
  expect([mean, growth, scatter].map((each) => Math.round(each * 1e6) / 1e6)).toEqual([1_147.5, 295, 0])
})

test('noise is flat; a leak of memory, heap or descriptors is told', () => {
  expect(
    growthOf(
      'node',
      samples((i) => ({ rss: (200 + 30 * Math.sin(i)) * MB, heap: (40 + (i % 5)) * MB })),
    ),
  ).toEqual([])
  expect(
    growthOf(
      'node',
      samples((i) => ({ rss: (200 + i) * MB })),
    ),
  ).toEqual([expect.stringContaining('node: rss grew')])
  expect(
    growthOf(
      'node',
      samples((i) => ({ heap: (40 + i / 4) * MB })),
    ),
  ).toEqual([expect.stringContaining('heap grew')])
  expect(
    growthOf(
      'node',
      samples((i) => ({ descriptors: 30 + Math.floor(i / 6) })),
    ),
  ).toEqual([expect.stringContaining('descriptors grew')])
})
