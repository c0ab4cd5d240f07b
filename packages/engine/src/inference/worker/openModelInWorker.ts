import type { Tensor } from '@stoa/protocol'
import { openInWorker, siblingEntry } from '../../worker/index.ts'
import { ModelClosedError, WorkerCrashedError } from '../errors.ts'
import type { Model } from '../model.ts'
import type { OpenModelParameters } from '../openModel.ts'
import { detach } from './detach.ts'

export type WorkerOptions = {
  /** The module that the thread runs. */
  entry?: URL
  /**
   * Aborting ends the thread for good, whatever it does, and rejects the opening and every run with the signal's reason. Nobody waits for it: a kernel of
   * ONNX Runtime that is under way still ends in its own time.
   */
  signal?: AbortSignal
}

/**
 * Opens a model in a thread of its own, so that a run of some hundred milliseconds never holds up the caller's event loop. The model
 * behaves as one from `openModel`, with three differences: runs are answered one after the other; aborting a run rejects it at once;
 * and errors keep their name, code, hint and `retry`, but not their class. If the thread ends unexpectedly, the runs in it reject
 * with `WorkerCrashedError` (retryable) and the next run starts a new thread.
 */
export async function openModelInWorker(
  parameters: OpenModelParameters,
  { entry = siblingEntry(import.meta.url, 'modelWorker'), signal: end }: WorkerOptions = {},
): Promise<Model> {
  const { task } = parameters
  const { run, close } = await openInWorker<readonly Tensor[], Tensor[]>({
    ...{ entry, data: parameters, name: `stoa-${task}`, pack: detach, end },
    closed: () => new ModelClosedError(task),
    crashed: (details, cause) => new WorkerCrashedError(task, details, cause),
  })
  return { task, run, close }
}
