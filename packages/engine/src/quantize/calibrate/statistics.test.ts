import { expect, test } from 'vitest'
import { Statistics } from './statistics.ts'

test('remembers bounds, power and channels, with room to spare', () => {
  const statistics = new Statistics()
  statistics.add({ dims: [1, 2, 1, 2], data: Float32Array.of(1, -2, 3, 4) })
  statistics.add({ dims: [1, 2, 1, 2], data: Float32Array.of(0, 0, -5, 0) })
  const { lo, hi, rms, channels } = statistics.range(127)
  expect([lo, hi]).toEqual([-6, 4.8])
  expect(rms).toBeCloseTo(Math.sqrt(55 / 8))
  expect(Array.from(channels ?? [])).toEqual([2.4, 6])
})

test('cuts off what is so rare that finer steps for the rest are worth more', () => {
  const statistics = new Statistics()
  const data = Float32Array.from({ length: 60_000 }, (_, i) => Math.sin(i))
  data[100] = 8
  statistics.add({ dims: [60_000], data })
  expect(statistics.range(7).hi).toBeLessThan(6)
  expect(statistics.range(8191).hi).toBeCloseTo(9.6)
})

test('keeps few of many values', () => {
  const statistics = new Statistics()
  for (let i = 0; i < 20; i++) statistics.add({ dims: [20_000], data: new Float32Array(20_000).fill(i % 3) })
  expect(statistics.range(127)).toMatchObject({ lo: 0, hi: 2.4 })
})
