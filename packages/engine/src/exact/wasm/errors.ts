import { BaseError } from '@stoa/protocol'

/** A graph or a request needs more memory than WebAssembly can give. */
export class WasmMemoryError extends BaseError {
  override name = 'WasmMemoryError'
  constructor(neededBytes: number, cause?: unknown) {
    super('WebAssembly has not enough memory for this run.', {
      code: 'OUT_OF_MEMORY',
      details: `${Math.ceil(neededBytes / 2 ** 20)} MiB are needed.`,
      hint: 'Send smaller inputs, or use the ONNX Runtime executor.',
      cause,
    })
  }
}

/** A thread of the executor ended, or failed in a kernel. */
export class WasmThreadError extends BaseError {
  override name = 'WasmThreadError'
  constructor(details: string, cause?: unknown) {
    super('A thread of the WebAssembly executor failed.', {
      code: 'WORKER_CRASHED',
      details,
      hint: 'Open the graph again; with one thread if this happens again.',
      retry: true,
      cause,
    })
  }
}
