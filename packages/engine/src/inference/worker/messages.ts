import { BaseError, type Tensor } from '@stoa/protocol'
import type { OpenModelParameters } from '../openModel.ts'

/** What the thread is started with. */
export type WorkerData = OpenModelParameters

/** To the thread. Runs are answered in the order in which they came. */
export type ToWorker =
  | { kind: 'run'; id: number; request: Tensor[] }
  | { kind: 'cancel'; id: number }
  | { kind: 'close' }

/** From the thread: first `ready` or `refused`, then one `done` or `failed` for every run. */
export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'refused'; error: SentError }
  | { kind: 'done'; id: number; response: Tensor[] }
  | { kind: 'failed'; id: number; error: SentError }

/** What of an error survives the way between threads, where classes don't. */
export type SentError = {
  name: string
  shortMessage: string
  code?: string
  details?: string
  hint?: string
  retry?: boolean
}

export function packError(error: unknown): SentError {
  if (error instanceof BaseError) {
    const { name, shortMessage, code, details, hint, retry } = error
    return {
      name,
      shortMessage,
      code,
      retry,
      ...(details === undefined ? {} : { details }),
      ...(hint === undefined ? {} : { hint }),
    }
  }
  if (error instanceof Error) return { name: error.name, shortMessage: error.message }
  return { name: 'Error', shortMessage: String(error) }
}

/** The error again: its name and code tell what it was, as `instanceof` no longer does. */
export function unpackError({ name, shortMessage, code, ...rest }: SentError): Error {
  const error = code === undefined ? new Error(shortMessage) : new BaseError(shortMessage, { code, ...rest })
  error.name = name
  return error
}

/** The same tensors in memory of their own, and that memory, to be transferred without another copy. */
export function detach(tensors: readonly Tensor[]): { tensors: Tensor[]; buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = []
  const copies = tensors.map((tensor) => {
    const data = new Uint8Array(tensor.data)
    buffers.push(data.buffer)
    return { ...tensor, data }
  })
  return { tensors: copies, buffers }
}
