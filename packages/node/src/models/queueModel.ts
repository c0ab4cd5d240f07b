import type { Model } from '@stoa/engine/inference'
import { InvalidTensorError, type Tensor } from '@stoa/protocol'
import { OverloadedError } from '../payments/errors.ts'
import { BadRequestError, codeOf, ModelFailedError, ModelTimeoutError } from './errors.ts'

export type QueueModelParameters = {
  model: Pick<Model, 'run'>
  /** Runs that may wait or be under way at once. */
  maxQueue: number
  /** From the moment a run is asked for, waiting included. */
  timeoutMs: number
}

/**
 * Runs a model for many callers: no more at once than `maxQueue`, none for longer than `timeoutMs`. What goes wrong comes out as the
 * refusal that the buyer gets: BAD_REQUEST and INVALID_TENSOR for a request that the model does not take, OVERLOADED, MODEL_TIMEOUT,
 * MODEL_FAILED for everything else.
 */
export function queueModel({ model, maxQueue, timeoutMs }: QueueModelParameters) {
  let underWay = 0
  return {
    /** Runs waiting or under way. */
    depth: () => underWay,
    async run(request: readonly Tensor[]): Promise<Tensor[]> {
      if (underWay >= maxQueue) throw new OverloadedError(`${maxQueue} runs of this model`)
      underWay++
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        return await Promise.race([model.run(request, { signal }), rejectOn(signal)])
      } catch (error) {
        throw signal.aborted ? new ModelTimeoutError(timeoutMs) : translate(error)
      } finally {
        underWay--
      }
    },
  }
}

/** A model that is deep in native code does not look at its signal; the caller does not wait for it. */
function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

function translate(error: unknown): Error {
  const code = codeOf(error)
  if (error instanceof InvalidTensorError) return error
  if (error instanceof Error && (code === 'INVALID_REQUEST' || code === 'INVALID_TENSOR')) {
    const message = 'shortMessage' in error ? String(error.shortMessage) : error.message
    return new BadRequestError(message, { cause: error })
  }
  return new ModelFailedError(error)
}
