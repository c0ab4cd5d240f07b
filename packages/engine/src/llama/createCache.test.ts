import { describe, expect, test } from 'vitest'
import type { Value } from '../exact/value.ts'
import { createCache } from './createCache.ts'

const shape = { layers: 2, kvHeads: 2, headDim: 4, context: 200 }

/** Keys and values that tell layer, head, channel and position. */
function step(from: number, length: number): Map<string, Value> {
  const outputs = new Map<string, Value>()
  for (let layer = 0; layer < 2; layer++) {
    const byte = (head: number, channel: number, i: number) =>
      1 + ((layer * 50 + head * 20 + channel + 3 * (from + i)) % 255)
    const key = Uint8Array.from({ length: 8 * length }, (_, n) => {
      const [row, i] = [Math.floor(n / length), n % length]
      return byte(Math.floor(row / 4), row % 4, i)
    })
    const value = Uint8Array.from({ length: 8 * length }, (_, n) => {
      const [head, i, channel] = [Math.floor(n / (4 * length)), Math.floor(n / 4) % length, n % 4]
      return byte(head, channel, i)
    })
    outputs.set(`new_key_${layer}`, { type: 'u8', dims: [1, 2, 4, length], data: key })
    outputs.set(`new_value_${layer}`, { type: 'u8', dims: [1, 2, length, 4], data: value })
  }
  return outputs
}

describe('a cache', () => {
  test('is the same however it was filled, also beyond its first room', () => {
    const [whole, pieces] = [createCache(shape, 'u8'), createCache(shape, 'u8')]
    whole.append(step(0, 150), 150)
    for (let at = 0; at < 150; at += 10) pieces.append(step(at, 10), 10)
    expect(pieces.filled).toBe(150)
    expect(pieces.inputs()).toEqual(whole.inputs())
    expect(whole.inputs().get('key_0')?.dims).toEqual([1, 2, 4, 192])
    expect(whole.inputs().get('value_1')?.dims).toEqual([1, 2, 192, 4])
  })

  test('keeps of a step what it is told to, and refuses more than the context', () => {
    const [cache, other] = [createCache(shape, 'u8'), createCache(shape, 'u8')]
    cache.append(step(0, 8), 5)
    other.append(step(0, 5), 5)
    expect(cache.inputs()).toEqual(other.inputs())
    expect(() => cache.append(step(5, 252), 252)).toThrow(RangeError)
  })
})
