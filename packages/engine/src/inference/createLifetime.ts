import { ModelClosedError } from './errors.ts'
import type { Task } from './model.ts'

/** What `Model` promises about closing: nothing starts after it, and what is under way is finished first. */
export type Lifetime = {
  /** Does work that needs the weights. Throws `ModelClosedError` after `close`. */
  during<T>(work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** The lifetime of a model whose weights are freed by `release`, which is called once, when no work is under way. */
export function createLifetime(task: Task, release: () => Promise<void>): Lifetime {
  const underWay = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined
  return {
    async during(work) {
      if (closing) throw new ModelClosedError(task)
      const running = work()
      underWay.add(running)
      try {
        return await running
      } finally {
        underWay.delete(running)
      }
    },
    close() {
      closing ??= Promise.allSettled(underWay).then(release)
      return closing
    },
  }
}
