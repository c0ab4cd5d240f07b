import { expect, test, vi } from 'vitest'
import { BoundsMemory } from './boundsMemory.ts'
import type { Facts } from './facts.ts'

const node = { name: 'n', op: 'Conv', domain: '', inputs: ['x'], outputs: ['y'], attributes: new Map() }
const facts = (changes: Partial<Facts> = {}): Facts => ({
  ...{ type: 'f32', dims: [1, 3, 8, 8], unit: 0, lo: 0, hi: 255, stored: 'u8' },
  ...changes,
})
const channels = { axis: 1, unit: Int32Array.of(0), lo: Float64Array.of(0), hi: Float64Array.of(1) }

test('other lengths need no other proof', () => {
  const prove = vi.fn(() => ({ ...facts(), channels }))
  const memory = new BoundsMemory()
  const first = memory.of(node, [facts()], prove)
  expect(memory.of(node, [facts({ dims: [1, 3, 8, 16] })], prove)).toBe(first)
  expect(prove).toHaveBeenCalledTimes(1)
})

test.each<[string, Partial<Facts>]>([
  ['a range', { hi: 254 }],
  ['a unit', { unit: -1 }],
  ['a type', { type: 'i32' }],
  ['a reach', { reach: 300 }],
  ['channels', { channels }],
  ['a rank', { dims: [3, 8, 8] }],
  ['elements', { known: { type: 'f32', dims: [1, 3, 8, 8], data: new Float32Array(192) } }],
])('%s does', (_, changes) => {
  const prove = vi.fn(() => facts())
  const memory = new BoundsMemory()
  memory.of(node, [facts()], prove)
  memory.of(node, [facts(changes)], prove)
  memory.of({ ...node }, [facts(changes)], prove)
  expect(prove).toHaveBeenCalledTimes(3)
})
