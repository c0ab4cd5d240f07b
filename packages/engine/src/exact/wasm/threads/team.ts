import { WasmThreadError } from '../errors.ts'
import type { Heap } from '../heap.ts'
import { maySleep } from '../host.ts'
import { CLOSED, CONTROL, CONTROL_WORDS, SPINS, scratchOf, takeUnits } from './control.ts'
import { type KernelFunction, linkKernels } from './linkKernels.ts'
import { appendModule, FIRST_MODULE } from './moduleList.ts'
import { type Helper, startHelper } from './startHelper.ts'

/** Vector operations below which a step is not worth waking others for: some ten microseconds. */
const WORTH_SHARING = 20_000
/** Chunks per thread, so that one that is held up does not hold up all. */
const CHUNKS = 4
/** Longest sleep of the leading thread before it looks again, in milliseconds. */
const NAP = 1
/** Milliseconds to wait for a helper's chunk, an eighth of one step or less, before it counts as lost. */
const PATIENCE = 30_000

/** Threads that run kernels together; the thread that calls is one of them, and is blocked meanwhile. */
export type Team = {
  link(module: Uint8Array<ArrayBuffer>): void
  /** Throws `WasmThreadError` when a helper has ended, failed, or does not come back: then what is in the memory is lost, and so is the team. */
  run(kernel: number, words: number, units: number, unitCost: number): void
  end(): Promise<void>
}

export type TeamOptions = {
  /** Milliseconds after which a helper that is at work counts as lost. */
  readonly patience?: number
  readonly start?: typeof startHelper
}

/** Brings `threads` threads together on a memory, which must be shared if they are more than one. Throws `WasmThreadError` where one does not start. */
export async function startTeam(
  heap: Heap,
  threads: number,
  { patience = PATIENCE, start = startHelper }: TeamOptions = {},
): Promise<Team> {
  const { memory } = heap
  const control = new Int32Array(memory.buffer, 0, CONTROL_WORDS)
  control[CONTROL.gate] = CLOSED
  const functions: KernelFunction[] = []
  let tail = FIRST_MODULE
  let lost: WasmThreadError | undefined
  const onLoss = (error: WasmThreadError): void => {
    lost ??= error
  }
  const helpers = await allOrNone(
    Array.from({ length: threads - 1 }, (_, index) => start({ memory, thread: index + 1 }, onLoss)),
  )
  const scratch = scratchOf(0)
  const share = (kernel: KernelFunction, number: number, words: number, units: number): void => {
    const chunk = Math.max(1, Math.floor(units / (CHUNKS * threads)))
    openOrder(control, { kernel: number, words, units, chunk })
    try {
      takeUnits(control, (begin, end) => kernel(words, begin, end, scratch))
    } finally {
      lost ??= closeOrder(control, patience)
    }
    if (lost) throw lost
  }
  return {
    link(module) {
      linkKernels(module, memory, functions)
      if (helpers.length > 0) tail = appendModule(heap, tail, module)
    },
    run(number, words, units, unitCost) {
      if (lost) throw lost
      const kernel = functions[number]
      if (!kernel) throw new RangeError(`there is no kernel ${number}`)
      const isShared = helpers.length > 0 && units > 1 && units * unitCost >= WORTH_SHARING
      return isShared ? share(kernel, number, words, units) : kernel(words, 0, units, scratch)
    },
    async end() {
      await Promise.all(helpers.map((helper) => helper.end()))
    },
  }
}

/** All helpers; where one does not start, the others are ended, and its error is thrown. */
async function allOrNone(starting: readonly Promise<Helper>[]): Promise<Helper[]> {
  try {
    return await Promise.all(starting)
  } catch (error) {
    const started = await Promise.allSettled(starting)
    await Promise.all(started.map((each) => each.status === 'fulfilled' && each.value.end()))
    throw error
  }
}

type Order = Readonly<Record<'kernel' | 'words' | 'units' | 'chunk', number>>

function openOrder(control: Int32Array, order: Order): void {
  Atomics.store(control, CONTROL.kernel, order.kernel)
  Atomics.store(control, CONTROL.words, order.words)
  Atomics.store(control, CONTROL.units, order.units)
  Atomics.store(control, CONTROL.chunk, order.chunk)
  Atomics.store(control, CONTROL.next, 0)
  Atomics.store(control, CONTROL.gate, 0)
  Atomics.add(control, CONTROL.order, 1)
  Atomics.notify(control, CONTROL.order)
}

/**
 * Lets nobody join any more and waits for those who have; a browser's main thread may not sleep, and goes on looking. Gives what went wrong with
 * them. Time is counted in naps, so that a process that was stopped for a while finds nobody late.
 */
function closeOrder(control: Int32Array, patience: number): WasmThreadError | undefined {
  const canSleep = maySleep()
  const started = performance.now()
  Atomics.or(control, CONTROL.gate, CLOSED)
  for (let spin = 0; ; spin++) {
    const gate = Atomics.load(control, CONTROL.gate)
    if (gate === CLOSED) break
    if (spin < SPINS) continue
    if (canSleep) Atomics.wait(control, CONTROL.gate, gate, NAP)
    const waited = canSleep ? (spin - SPINS) * NAP : performance.now() - started
    if (waited > patience) return new WasmThreadError(`It did not finish its part within ${patience / 1000} s.`)
  }
  return Atomics.load(control, CONTROL.failed) === 0
    ? undefined
    : new WasmThreadError('A kernel failed in a helping thread.')
}
