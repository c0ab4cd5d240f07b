import type { MessagePort } from 'node:worker_threads'
import { type Served, serveRequests } from './serveRequests.ts'

/** Answers the requests that come through a thread's port, as `serveRequests` does. */
export function serveThread<Request, Response>(
  port: MessagePort,
  open: () => Promise<Served<Request, Response>>,
): Promise<void> {
  return serveRequests<Request, Response>(
    {
      send: (message, buffers) => port.postMessage(message, buffers),
      hear: (heard) => void port.on('message', heard),
      close: () => port.close(),
    },
    open,
  )
}
