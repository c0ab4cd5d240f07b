import { BaseError } from '@stoa/protocol'

/** To the thread or process. Runs are answered in the order in which they came. */
export type ToWorker<Request> =
  | { kind: 'run'; id: number; request: Request; pieces: boolean }
  | { kind: 'cancel'; id: number }
  | { kind: 'close' }

/** From the thread or process: first `ready` or `refused`, then one `done` or `failed` for every run, and before it the pieces of one that was asked with `pieces`. */
export type FromWorker<Response> =
  | { kind: 'ready' }
  | { kind: 'refused'; error: SentError }
  | { kind: 'piece'; id: number; piece: Uint8Array }
  | { kind: 'done'; id: number; response: Response }
  /** `spent`: for want of memory, so that whoever answers is of no more use; a process is replaced then. */
  | { kind: 'failed'; id: number; error: SentError; spent: boolean }

/** A message, and the memory in it that is handed over rather than copied. */
export type Parcel<Message> = { readonly message: Message; readonly buffers?: ArrayBuffer[] }

/** What of an error survives the way between threads and processes, where classes don't. */
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
