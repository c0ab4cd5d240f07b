/** Virtual time: milliseconds that pass only when nothing is left to do at the present moment. */
export type Simulator = {
  now(): number
  /** Resolves so many milliseconds later; sooner when the signal aborts. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** Lets time pass until nobody waits any more. */
  run(): Promise<void>
}

type Event = { at: number; order: number; resolve: () => void }

export function createSimulator(): Simulator {
  let [time, count] = [0, 0]
  const heap: Event[] = []
  const isBefore = (a: Event | undefined, b: Event | undefined) =>
    a !== undefined && (b === undefined || a.at < b.at || (a.at === b.at && a.order < b.order))
  const swap = (i: number, j: number) => {
    const [a, b] = [heap[i], heap[j]]
    if (a && b) [heap[i], heap[j]] = [b, a]
  }
  const push = (event: Event) => {
    heap.push(event)
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1
      if (!isBefore(heap[i], heap[parent])) break
      swap(i, parent)
      i = parent
    }
  }
  const pop = (): Event | undefined => {
    swap(0, heap.length - 1)
    const top = heap.pop()
    for (let i = 0; ; ) {
      const [left, right] = [2 * i + 1, 2 * i + 2]
      const least = isBefore(heap[right], heap[left]) ? right : left
      if (!isBefore(heap[least], heap[i])) break
      swap(i, least)
      i = least
    }
    return top
  }
  return {
    now: () => time,
    wait(milliseconds, signal) {
      const { promise, resolve } = Promise.withResolvers<void>()
      push({ at: time + milliseconds, order: count++, resolve })
      signal?.addEventListener('abort', () => resolve(), { once: true })
      return promise
    },
    async run() {
      for (let next = pop(); next; next = pop()) {
        time = next.at
        next.resolve()
        // Everything that follows from it at this moment is done before the clock moves on.
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}
