import { expect, test } from 'vitest'
import { WasmMemoryError } from './errors.ts'
import { Heap } from './heap.ts'

test.each([false, true])('grows as constants and arenas need it, shared: %s', (shared) => {
  const heap = new Heap(shared)
  const first = heap.allocate(100)
  heap.write(first, Uint8Array.of(1, 2, 3))
  const arena = heap.arena(1_000_000)
  expect(heap.memory.buffer.byteLength).toBeGreaterThanOrEqual(arena + 1_000_000)
  expect(heap.arena(500_000)).toBe(arena)
  expect(heap.arena(3_000_000)).toBe(arena)
  // A constant takes the arena's first bytes, and the arena makes way: no memory is ever given up.
  const second = heap.allocate(100)
  expect(second).toBe(arena)
  expect(heap.arena(4_000_000)).toBe(second + 128)
  expect([...new Uint8Array(heap.memory.buffer, first, 3)]).toEqual([1, 2, 3])
})

test('says how much is missing', () => {
  const heap = new Heap(false)
  expect(() => heap.allocate(5 * 2 ** 30)).toThrow(WasmMemoryError)
  // What could not be had is not taken.
  expect(heap.allocate(64)).toBe(65_536)
  expect(() => heap.checkArena(2 ** 32 - 65_536)).toThrow('WebAssembly has not enough memory')
  heap.checkArena(2 ** 31)
  expect(heap.memory.buffer.byteLength).toBe(2 * 65_536)
})
