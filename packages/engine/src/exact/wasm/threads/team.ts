import { WasmThreadError } from '../errors.ts'
import type { Heap } from '../heap.ts'
import { maySleep } from '../host.ts'
import { CONTROL, CONTROL_WORDS, ORDER, SPINS, scratchOf, takeUnits } from './control.ts'
import { type KernelFunction, linkKernels } from './linkKernels.ts'
import { type Helper, startHelper } from './startHelper.ts'

/** Vector operations below which a step is not worth waking others for: some ten microseconds. */
const WORTH_SHARING = 20_000
/** Chunks per thread, so that one that is held up does not hold up all. */
const CHUNKS = 4
/** Longest sleep of the leading thread before it looks again, in milliseconds. */
const NAP = 1

/** Threads that run kernels together; the thread that calls is one of them, and is blocked meanwhile. */
export type Team = {
  link(module: Uint8Array<ArrayBuffer>): void
  run(kernel: number, words: number, units: number, unitCost: number): void
  end(): Promise<void>
}

/** Brings `threads` threads together on a memory, which must be shared if they are more than one. */
export async function startTeam(heap: Heap, threads: number): Promise<Team> {
  const { memory } = heap
  const functions: KernelFunction[] = []
  const helpers = await Promise.all(
    Array.from({ length: threads - 1 }, (_, index) => startHelper({ memory, thread: index + 1 })),
  )
  const scratch = scratchOf(0)
  const kernelOf = (number: number): KernelFunction => {
    const kernel = functions[number]
    if (!kernel) throw new RangeError(`there is no kernel ${number}`)
    return kernel
  }
  return {
    link(module) {
      linkKernels(module, memory, functions)
      if (helpers.length === 0) return
      const address = heap.allocate(module.length)
      heap.write(address, module)
      const control = new Int32Array(memory.buffer, 0, CONTROL_WORDS)
      order(control, { kind: ORDER.link, subject: address, words: module.length, units: 0, chunk: 1 })
      awaitHelpers(control, helpers)
    },
    run(number, words, units, unitCost) {
      const kernel = kernelOf(number)
      if (helpers.length === 0 || units < 2 || units * unitCost < WORTH_SHARING) return kernel(words, 0, units, scratch)
      const control = new Int32Array(memory.buffer, 0, CONTROL_WORDS)
      const chunk = Math.max(1, Math.floor(units / (CHUNKS * threads)))
      order(control, { kind: ORDER.run, subject: number, words, units, chunk })
      try {
        takeUnits(control, (begin, end) => kernel(words, begin, end, scratch))
      } finally {
        awaitHelpers(control, helpers)
      }
    },
    async end() {
      await Promise.all(helpers.map((helper) => helper.end()))
    },
  }
}

type Order = Readonly<Record<'kind' | 'subject' | 'words' | 'units' | 'chunk', number>>

function order(control: Int32Array, orders: Order): void {
  Atomics.store(control, CONTROL.kind, orders.kind)
  Atomics.store(control, CONTROL.subject, orders.subject)
  Atomics.store(control, CONTROL.words, orders.words)
  Atomics.store(control, CONTROL.units, orders.units)
  Atomics.store(control, CONTROL.chunk, orders.chunk)
  Atomics.store(control, CONTROL.next, 0)
  Atomics.store(control, CONTROL.done, 0)
  Atomics.add(control, CONTROL.order, 1)
  Atomics.notify(control, CONTROL.order)
}

/** Waits until all helpers are done. A browser's main thread may not sleep, and goes on looking. */
function awaitHelpers(control: Int32Array, helpers: readonly Helper[]): void {
  const canSleep = maySleep()
  for (let spin = 0; Atomics.load(control, CONTROL.done) < helpers.length; spin++) {
    if (spin < SPINS || !canSleep) continue
    const done = Atomics.load(control, CONTROL.done)
    if (done < helpers.length) Atomics.wait(control, CONTROL.done, done, NAP)
  }
  if (Atomics.load(control, CONTROL.failed) !== 0) throw new WasmThreadError('A kernel failed in a helping thread.')
}
