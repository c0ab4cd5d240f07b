import { BaseError } from '@stoa/protocol'
import { RefusedCallError } from '../errors.ts'

export class ModelFailedError extends RefusedCallError {
  override name = 'ModelFailedError'
  constructor(cause: unknown) {
    // What went wrong inside may name paths of this machine: it goes to the log, not to the buyer.
    super('MODEL_FAILED', 'The model failed to answer.', { hint: 'Try again, or another provider.', cause })
  }
}

export class ModelTimeoutError extends RefusedCallError {
  override name = 'ModelTimeoutError'
  constructor(timeoutMs: number) {
    super('MODEL_TIMEOUT', `The model did not answer within ${timeoutMs} ms.`, {
      hint: 'Try again when the node is less busy, send a smaller request, or choose another provider.',
    })
  }
}

/** The request is well-formed tensors, but not what the model's task takes. */
export class BadRequestError extends RefusedCallError {
  override name = 'BadRequestError'
  constructor(shortMessage: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super('BAD_REQUEST', shortMessage, {
      hint: 'See specs/tasks.md and specs/node-http.md.',
      ...dropUndefined(options),
    })
  }
}

/** Errors from another process keep their code, but not their class. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof BaseError || (error instanceof Error && 'code' in error) ? String(error.code) : undefined
}

function dropUndefined({ hint, cause }: { hint?: string | undefined; cause?: unknown }) {
  return { ...(hint && { hint }), ...(cause !== undefined && { cause }) }
}
