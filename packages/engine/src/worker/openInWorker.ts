import { startThread, type Thread, type ThreadParameters } from './startThread.ts'

export type InWorkerOptions = {
  signal?: AbortSignal /** Gets the pieces of the answer. */
  onPiece?: (piece: Uint8Array) => void
}

/** What answers requests in a thread of its own. */
export type InWorker<Request, Response> = {
  run(request: Request, options?: InWorkerOptions): Promise<Response>
  /** Waits for runs under way and ends the thread. Closing twice is the same as once. */
  close(): Promise<void>
}

/**
 * Starts a thread and keeps one: if it ends unexpectedly, the runs in it reject and the next run starts a new one. Runs are answered one after the other;
 * aborting a run rejects it at once; errors keep their name, code, hint and `retry`, but not their class.
 */
export async function openInWorker<Request, Response>(
  parameters: ThreadParameters<Request>,
): Promise<InWorker<Request, Response>> {
  let closing: Promise<void> | undefined
  let thread: Promise<Thread<Request, Response>> | undefined
  function current(): Promise<Thread<Request, Response>> {
    thread ??= start()
    return thread
  }
  async function start(): Promise<Thread<Request, Response>> {
    const forget = () => {
      thread = undefined
    }
    try {
      const started = await startThread<Request, Response>(parameters)
      started.ended.then(forget)
      return started
    } catch (error) {
      forget()
      throw error
    }
  }
  await current()
  return {
    async run(request, options) {
      if (closing) throw parameters.closed()
      return (await current()).run(request, options)
    },
    close() {
      closing ??= (async () => (await thread?.catch(() => undefined))?.close())()
      return closing
    },
  }
}
