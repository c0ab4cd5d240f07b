import type { Tensor } from '@stoa/protocol'
import { createLifetime } from './createLifetime.ts'
import type { Model, RunOptions, Task } from './model.ts'

export type ModelFromParameters = {
  task: Task
  /** Answers one request; looks at the signal between its steps. */
  answer(request: readonly Tensor[], signal?: AbortSignal, onPiece?: RunOptions['onPiece']): Promise<Tensor[]>
  /** Frees the weights; called once, when no answer is under way. */
  release(): Promise<void>
}

/** A model that keeps what `Model` promises about closing. */
export function modelFrom({ task, answer, release }: ModelFromParameters): Model {
  const lifetime = createLifetime(task, release)
  return {
    task,
    run: (request, { signal, onPiece } = {}) => lifetime.during(() => answer(request, signal, onPiece)),
    close: () => lifetime.close(),
  }
}
