import type { Heap } from '../heap.ts'
import { CONTROL } from './control.ts'

/** Words of a module in memory before its bytes: address of the next one, and length in bytes. */
const HEAD_WORDS = 2

/** Appends a module of kernels to those in a shared memory, for other threads to find. Gives the place where the next is to be noted. */
export function appendModule(heap: Heap, tail: number, module: Uint8Array): number {
  const address = heap.allocate(4 * HEAD_WORDS + module.length)
  new Int32Array(heap.memory.buffer, address, HEAD_WORDS).set([0, module.length])
  heap.write(address + 4 * HEAD_WORDS, module)
  Atomics.store(new Int32Array(heap.memory.buffer, tail, 1), 0, address)
  return address
}

/** Where the first module is noted. */
export const FIRST_MODULE = 4 * CONTROL.modules

/** The modules in a shared memory, of which `fresh` gives those that it has not given before. */
export function modulesOf(memory: WebAssembly.Memory): { fresh(): Generator<Uint8Array<ArrayBuffer>> } {
  let tail = FIRST_MODULE
  return {
    *fresh() {
      for (;;) {
        const next = Atomics.load(new Int32Array(memory.buffer, tail, 1), 0) >>> 0
        if (next === 0) return
        tail = next
        const [, length = 0] = new Int32Array(memory.buffer, next, HEAD_WORDS)
        yield new Uint8Array(memory.buffer, next + 4 * HEAD_WORDS, length).slice()
      }
    },
  }
}
