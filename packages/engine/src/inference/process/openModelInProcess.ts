import type { Tensor } from '@stoa/protocol'
import { openInProcess, siblingEntry } from '../../worker/index.ts'
import { ModelClosedError, ModelCrashedError, ModelTooLongError } from '../errors.ts'
import type { Model } from '../model.ts'
import type { OpenModelParameters } from '../openModel.ts'
import { modelEnvironment } from './modelEnvironment.ts'
import { modelMemory } from './modelMemory.ts'

export type ModelProcessOptions = {
  /** Milliseconds for opening, and for a run (of one that is told in pieces, to the next piece); ten and five minutes where left out. */
  openMs?: number
  runMs?: number
  /** Most memory, in MB, beside what an idle process takes (Linux); `modelMemory` of the files where left out. */
  memoryMb?: number
  /** Aborting kills the process for good, whatever it does, and rejects the opening and every run with the signal's reason. */
  signal?: AbortSignal
  /** The module that the process runs. */
  entry?: URL
}

const [OPEN_MS, RUN_MS] = [600_000, 300_000]

/**
 * Opens a model in a process of its own, with limits: files of strangers are parsed and run by native code, and whatever they make that do, loop, crash or take all memory, ends
 * that process alone; nor does a run ever hold up the caller's event loop. The model behaves as one from `openModel`, with these differences: runs are
 * answered one after the other; aborting a run rejects it at once; and errors keep their name, code, hint and `retry`, but not their class. The run during which the process
 * ended rejects with `ModelCrashedError` (retryable) or `ModelTooLongError`, and the next has another process.
 *
 * Throws what `openModel` does, by name and code, and these two.
 */
export async function openModelInProcess(
  parameters: OpenModelParameters,
  { openMs = OPEN_MS, runMs = RUN_MS, memoryMb, signal, entry }: ModelProcessOptions = {},
): Promise<Model> {
  const { task, files } = parameters
  const { ready, run, finish } = openInProcess<readonly Tensor[], Tensor[]>({
    ...{ entry: entry ?? siblingEntry(import.meta.url, 'modelProcess'), data: parameters, openMs, runMs, signal },
    ...{ memoryMb: memoryMb ?? modelMemory(files), env: modelEnvironment() },
    closed: () => new ModelClosedError(task),
    crashed: (details) => new ModelCrashedError(task, details),
    tooLong: (milliseconds) => new ModelTooLongError(task, milliseconds),
  })
  await ready()
  return { task, run, close: finish }
}
