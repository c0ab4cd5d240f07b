import { expect, test } from 'vitest'
import { WasmMemoryError } from './errors.ts'
import { Heap } from './heap.ts'

test.each([false, true])('grows as constants and arenas need it, shared: %s', (shared) => {
  const heap = new Heap(shared)
  const first = heap.allocate(100)
  heap.write(first, Uint8Array.of(1, 2, 3))
  const arena = heap.arena(1_000_000)
  expect(heap.memory.buffer.byteLength).toBeGreaterThanOrEqual(arena + 1_000_000)
  // The last thing in memory grows where it is, anything else moves.
  expect(heap.arena(500_000)).toBe(arena)
  expect(heap.arena(3_000_000)).toBe(arena)
  const second = heap.allocate(100)
  expect(second).toBeGreaterThanOrEqual(arena + 3_000_000)
  expect(heap.arena(4_000_000)).toBeGreaterThan(second)
  expect([...new Uint8Array(heap.memory.buffer, first, 3)]).toEqual([1, 2, 3])
})

test('says how much is missing', () => {
  const heap = new Heap(false)
  expect(() => heap.allocate(5 * 2 ** 30)).toThrow(WasmMemoryError)
  // What could not be had is not taken.
  expect(heap.allocate(64)).toBe(65_536)
})
