/** Control words, i32 each, at the start of a shared memory: how the thread that runs a graph tells others what to do. */
export const CONTROL = {
  /** Counts orders; helpers wait for it to change. */
  order: 0,
  /** What is ordered: one of `ORDER`. */
  kind: 1,
  /** Number of the kernel, or address of a module. */
  subject: 2,
  /** Address of the step's parameters, or length of the module. */
  words: 3,
  units: 4,
  /** Units to take at a time. */
  chunk: 5,
  /** First unit that nobody has taken. */
  next: 6,
  /** Helpers that are done with the order. */
  done: 7,
  /** Not 0 once a kernel has failed. */
  failed: 8,
} as const
export const CONTROL_WORDS = 16

/** The first bytes of the memory: control words, then each thread's scratch memory. */
export const COMMON_BYTES = 65_536
const CONTROL_BYTES = 1024
/** What a kernel may use of its thread's scratch memory. */
const SCRATCH_BYTES = 256
export const MAX_THREADS = (COMMON_BYTES - CONTROL_BYTES) / SCRATCH_BYTES

/** A thread's own memory for the kernels that it runs. */
export const scratchOf = (thread: number): number => CONTROL_BYTES + thread * SCRATCH_BYTES

export const ORDER = { run: 1, link: 2, end: 3 } as const

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
