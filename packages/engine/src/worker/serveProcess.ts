import nodeModule from 'node:module'
import { Worker } from 'node:worker_threads'
import type { ToWorker } from './messages.ts'
import { type Port, type Served, serveRequests } from './serveRequests.ts'
import { siblingEntry } from './siblingEntry.ts'

/** Address space that a thread reserves for compiled code, half a GB where nothing is said, counts as memory where that is limited. */
const GUARD_CODE_MB = 4

/** First message to a process; what follows is as to a thread. */
export type OpenMessage = { kind: 'open'; data: unknown; parent: number }

/**
 * Answers the requests of the process that started this one (`openInProcess`), one at a time, and ends with it, also while it is deep in native code. `open` makes what answers them of what it was
 * opened with.
 */
export function serveProcess<Request, Response>(open: (data: unknown) => Promise<Served<Request, Response>>): void {
  process.on('disconnect', () => process.exit())
  process.once('message', ({ data, parent }: OpenMessage) => {
    const limits = { workerData: parent, execArgv: [], resourceLimits: { codeRangeSizeMb: GUARD_CODE_MB } }
    new Worker(siblingEntry(import.meta.url, 'guardThread'), limits).unref()
    const port: Port<Request> = {
      send: (message) => void process.send?.(message),
      hear: (heard) => void process.on('message', (sent) => heard(sent as ToWorker<Request>)),
      close: () => process.exit(),
    }
    void serveRequests(port, async () => {
      const served = await open(data)
      // Where compiled code is kept it is written now: this process ends by being killed.
      nodeModule.flushCompileCache?.()
      return served
    })
  })
}
