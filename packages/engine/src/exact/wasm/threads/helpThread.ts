import { CONTROL, CONTROL_WORDS, ORDER, SPINS, scratchOf, takeUnits } from './control.ts'
import { type KernelFunction, linkKernels } from './linkKernels.ts'

/** What a helping thread is told at its start. */
export type HelperStart = { readonly memory: WebAssembly.Memory; readonly thread: number }

/** Follows orders until told to end. Blocks its thread. */
export function helpThread({ memory, thread }: HelperStart): void {
  const control = new Int32Array(memory.buffer, 0, CONTROL_WORDS)
  const functions: KernelFunction[] = []
  const scratch = scratchOf(thread)
  let seen = 0
  for (;;) {
    seen = nextOrder(control, seen)
    const [kind, subject, words] = [CONTROL.kind, CONTROL.subject, CONTROL.words].map((word) =>
      Atomics.load(control, word),
    ) as [number, number, number]
    try {
      if (kind === ORDER.link) linkKernels(new Uint8Array(memory.buffer, subject, words).slice(), memory, functions)
      else if (kind === ORDER.run) {
        const kernel = functions[subject]
        if (!kernel) throw new RangeError(`there is no kernel ${subject}`)
        takeUnits(control, (begin, end) => kernel(words, begin, end, scratch))
      }
    } catch {
      Atomics.store(control, CONTROL.failed, 1)
    }
    Atomics.add(control, CONTROL.done, 1)
    Atomics.notify(control, CONTROL.done)
    if (kind === ORDER.end) return
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
