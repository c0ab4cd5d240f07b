import type { MessagePort } from 'node:worker_threads'
import type { Model } from '../model.ts'
import { detach, type FromWorker, packError, type ToWorker } from './messages.ts'

/**
 * Answers the runs that come through a port, one after the other: they would only take turns on the same cores, and need their
 * memory all at once. A cancelled run that waits is not started. Ends when told to close, with the port closed.
 */
export async function serveModel(port: MessagePort, open: () => Promise<Model>): Promise<void> {
  const send = (message: FromWorker, buffers: ArrayBuffer[] = []) => port.postMessage(message, buffers)
  let model: Model
  try {
    model = await open()
  } catch (error) {
    send({ kind: 'refused', error: packError(error) })
    port.close()
    return
  }
  const cancels = new Map<number, AbortController>()
  let last: Promise<void> = Promise.resolve()
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'cancel') cancels.get(message.id)?.abort()
    else if (message.kind === 'close') last = last.then(() => model.close()).finally(() => port.close())
    else {
      const { id, request } = message
      const controller = new AbortController()
      cancels.set(id, controller)
      last = last.then(() => answer(id, request, controller.signal)).finally(() => cancels.delete(id))
    }
  })
  send({ kind: 'ready' })

  async function answer(id: number, request: Parameters<Model['run']>[0], signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted()
      const { tensors, buffers } = detach(await model.run(request, { signal }))
      send({ kind: 'done', id, response: tensors }, buffers)
    } catch (error) {
      send({ kind: 'failed', id, error: packError(error) })
    }
  }
}
