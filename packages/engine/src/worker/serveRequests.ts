import { isOutOfMemory } from './isOutOfMemory.ts'
import { type FromWorker, type Parcel, packError, type ToWorker } from './messages.ts'

export type ServedOptions = { signal: AbortSignal; onPiece?: (piece: Uint8Array) => void }

/** Where requests come from and answers go. */
export type Port<Request> = {
  send(message: FromWorker<unknown>, buffers?: ArrayBuffer[]): void
  hear(heard: (message: ToWorker<Request>) => void): void
  close(): void
}

/** What a thread or process opens: it answers requests until it is closed. */
export type Served<Request, Response> = {
  run(request: Request, options: ServedOptions): Promise<Parcel<Response>>
  close(): Promise<void>
}

/**
 * Answers the requests that come through a port, one after the other: they would only take turns on the same cores, and need their
 * memory all at once. A cancelled request that waits is not started. Ends when told to close, with the port closed.
 */
export async function serveRequests<Request, Response>(
  port: Port<Request>,
  open: () => Promise<Served<Request, Response>>,
): Promise<void> {
  const { send } = port
  let served: Served<Request, Response>
  try {
    served = await open()
  } catch (error) {
    send({ kind: 'refused', error: packError(error) })
    port.close()
    return
  }
  const cancels = new Map<number, AbortController>()
  let last: Promise<void> = Promise.resolve()
  port.hear((message) => {
    if (message.kind === 'cancel') cancels.get(message.id)?.abort()
    else if (message.kind === 'close') last = last.then(() => served.close()).finally(() => port.close())
    else {
      const { id, request, pieces } = message
      const controller = new AbortController()
      cancels.set(id, controller)
      last = last.then(() => answer(id, request, pieces, controller.signal)).finally(() => cancels.delete(id))
    }
  })
  send({ kind: 'ready' })

  async function answer(id: number, request: Request, pieces: boolean, signal: AbortSignal): Promise<void> {
    const onPiece = (piece: Uint8Array) => send({ kind: 'piece', id, piece })
    try {
      signal.throwIfAborted()
      const { message, buffers } = await served.run(request, { signal, ...(pieces && { onPiece }) })
      send({ kind: 'done', id, response: message }, buffers)
    } catch (error) {
      send({ kind: 'failed', id, error: packError(error), spent: isOutOfMemory(error) })
    }
  }
}
