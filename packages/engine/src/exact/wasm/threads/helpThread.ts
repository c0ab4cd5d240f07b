import { CONTROL, CONTROL_WORDS, enter, leave, SPINS, scratchOf, takeUnits } from './control.ts'
import { type KernelFunction, linkKernels } from './linkKernels.ts'
import { modulesOf } from './moduleList.ts'

/** What a helping thread is told at its start. */
export type HelperStart = { readonly memory: WebAssembly.Memory; readonly thread: number }

/** Helps with orders for ever: the thread is ended from outside. Blocks it. */
export function helpThread({ memory, thread }: HelperStart): void {
  const control = new Int32Array(memory.buffer, 0, CONTROL_WORDS)
  const functions: KernelFunction[] = []
  const modules = modulesOf(memory)
  const scratch = scratchOf(thread)
  for (let seen = 0; ; ) {
    seen = nextOrder(control, seen)
    if (!enter(control)) continue
    try {
      for (const module of modules.fresh()) linkKernels(module, memory, functions)
      const [number, words] = [Atomics.load(control, CONTROL.kernel), Atomics.load(control, CONTROL.words)]
      const kernel = functions[number]
      if (!kernel) throw new RangeError(`there is no kernel ${number}`)
      takeUnits(control, (begin, end) => kernel(words, begin, end, scratch))
    } catch {
      Atomics.store(control, CONTROL.failed, 1)
    }
    leave(control)
  }
}

function nextOrder(control: Int32Array, seen: number): number {
  for (let spin = 0; spin < SPINS; spin++) {
    const order = Atomics.load(control, CONTROL.order)
    if (order !== seen) return order
  }
  for (;;) {
    Atomics.wait(control, CONTROL.order, seen)
    const order = Atomics.load(control, CONTROL.order)
    if (order !== seen) return order
  }
}
