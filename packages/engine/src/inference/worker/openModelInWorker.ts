import { ModelClosedError } from '../errors.ts'
import type { Model } from '../model.ts'
import type { OpenModelParameters } from '../openModel.ts'
import { startThread, type Thread } from './startThread.ts'

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
  { entry = defaultEntry(), signal: end }: WorkerOptions = {},
): Promise<Model> {
  let closing: Promise<void> | undefined
  let thread: Promise<Thread> | undefined
  function current(): Promise<Thread> {
    thread ??= start()
    return thread
  }
  async function start(): Promise<Thread> {
    const forget = () => {
      thread = undefined
    }
    try {
      const started = await startThread(parameters, entry, end)
      started.ended.then(forget)
      return started
    } catch (error) {
      forget()
      throw error
    }
  }
  await current()
  return {
    task: parameters.task,
    async run(request, { signal } = {}) {
      if (closing) throw new ModelClosedError(parameters.task)
      return (await current()).run(request, signal)
    },
    close() {
      closing ??= (async () => (await thread?.catch(() => undefined))?.close())()
      return closing
    },
  }
}

/** Beside this module, with its ending: `.ts` in the sources, `.js` in what is published. */
function defaultEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './modelWorker.ts' : './modelWorker.js', import.meta.url)
}
