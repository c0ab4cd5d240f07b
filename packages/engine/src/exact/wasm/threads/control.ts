/**
 * Control words, i32 each, at the start of a shared memory: how the thread that runs a graph asks others to help. It opens an order, takes
 * units of it itself, closes it when none is left, and waits for those who came in; whoever comes too late finds it closed. So a thread that sleeps,
 * or that a busy machine does not let run, holds nobody up.
 */
export const CONTROL = {
  /** Counts orders; helpers wait for it to change. */
  order: 0,
  /** Number of the kernel. */
  kernel: 1,
  /** Address of the step's parameters. */
  words: 2,
  units: 3,
  /** Units to take at a time. */
  chunk: 4,
  /** First unit that nobody has taken. */
  next: 5,
  /** Helpers at work on the order, plus `CLOSED` once nobody may join them. */
  gate: 6,
  /** Not 0 once a kernel has failed. */
  failed: 7,
  /** Address of the first module of kernels; the first word of each is the address of the next. 0 where there is none. */
  modules: 8,
} as const
export const CONTROL_WORDS = 16
export const CLOSED = 2 ** 30

/** The first bytes of the memory: control words, then each thread's scratch memory. */
export const COMMON_BYTES = 65_536
const CONTROL_BYTES = 1024
/** What a kernel may use of its thread's scratch memory. */
const SCRATCH_BYTES = 256
export const MAX_THREADS = (COMMON_BYTES - CONTROL_BYTES) / SCRATCH_BYTES

/** A thread's own memory for the kernels that it runs. */
export const scratchOf = (thread: number): number => CONTROL_BYTES + thread * SCRATCH_BYTES

/** Looks at a word before a thread goes to sleep on it: steps follow each other within microseconds, waking up takes tens. */
export const SPINS = 4000

/** Takes chunks of units until none is left. */
export function takeUnits(control: Int32Array, run: (begin: number, end: number) => void): void {
  const units = Atomics.load(control, CONTROL.units)
  const chunk = Atomics.load(control, CONTROL.chunk)
  for (;;) {
    const begin = Atomics.add(control, CONTROL.next, chunk)
    if (begin >= units) return
    run(begin, Math.min(begin + chunk, units))
  }
}

/** Joins the order, if it is open. What it asks for is to be read afterwards: it stays until all who joined have left. */
export function enter(control: Int32Array): boolean {
  let gate = Atomics.load(control, CONTROL.gate)
  while ((gate & CLOSED) === 0) {
    const found = Atomics.compareExchange(control, CONTROL.gate, gate, gate + 1)
    if (found === gate) return true
    gate = found
  }
  return false
}

export function leave(control: Int32Array): void {
  Atomics.sub(control, CONTROL.gate, 1)
  Atomics.notify(control, CONTROL.gate)
}
