/** Entry of a helping thread: a worker of Node, or of a browser, which is told its start by a message. */
import { isNode } from '../host.ts'
import { type HelperStart, helpThread } from './helpThread.ts'

if (isNode) {
  const { parentPort, workerData } = await import('node:worker_threads')
  parentPort?.postMessage('ready')
  helpThread(workerData as HelperStart)
} else {
  addEventListener('message', ({ data }: MessageEvent<HelperStart>) => {
    postMessage('ready')
    helpThread(data)
  })
}
