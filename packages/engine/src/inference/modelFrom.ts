import type { Tensor } from '@stoa/protocol'
import { ModelClosedError } from './errors.ts'
import type { Model, Task } from './model.ts'

export type ModelFromParameters = {
  task: Task
  /** Answers one request; looks at the signal between its steps. */
  answer(request: readonly Tensor[], signal?: AbortSignal): Promise<Tensor[]>
  /** Frees the weights; called once, when no answer is under way. */
  release(): Promise<void>
}

/** A model that keeps what `Model` promises about closing: nothing starts after it, and what is under way is finished first. */
export function modelFrom({ task, answer, release }: ModelFromParameters): Model {
  const underWay = new Set<Promise<Tensor[]>>()
  let closing: Promise<void> | undefined
  return {
    task,
    async run(request, { signal } = {}) {
      if (closing) throw new ModelClosedError(task)
      const run = answer(request, signal)
      underWay.add(run)
      try {
        return await run
      } finally {
        underWay.delete(run)
      }
    },
    close() {
      closing ??= Promise.allSettled(underWay).then(release)
      return closing
    },
  }
}
