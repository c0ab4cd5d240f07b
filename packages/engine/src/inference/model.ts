import type { Tensor } from '@stoa/protocol'

/** What a model can be asked to do; each has its request and response in specs/tasks.md. */
export const TASKS = ['ocr', 'embedding', 'generate', 'chat', 'graph'] as const
export type Task = (typeof TASKS)[number]

export type RunOptions = {
  /** Aborting rejects the run with the signal's reason at the next step of the model; work under way is not interrupted. */
  signal?: AbortSignal
  /**
   * Gets pieces of the answer while it is made, of the tasks that have a streamed tensor (specs/backends.md, "Streams"): in their order they are that tensor's data. A model may give
   * none: then the answer is there at once.
   */
  onPiece?: (piece: Uint8Array) => void
}

/** An opened model. Runs may overlap; each is answered for its own request. */
export interface Model {
  readonly task: Task
  /**
   * Answers one request; both are tensor lists as specs/tasks.md lays them out. Never keeps or changes the request's memory.
   * Throws `InvalidRequestError` or `InvalidTensorError` for a request that breaks the layout, `ModelClosedError` after `close`.
   */
  run(request: readonly Tensor[], options?: RunOptions): Promise<Tensor[]>
  /** Waits for runs under way and frees the weights. Closing twice is the same as once. */
  close(): Promise<void>
}
