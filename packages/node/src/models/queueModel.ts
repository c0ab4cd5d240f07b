import type { Model, RunOptions } from '@stoa/engine/inference'
import { InvalidTensorError, type Tensor } from '@stoa/protocol'
import { RefusedCallError } from '../errors.ts'
import { OverloadedError } from '../payments/errors.ts'
import { BadRequestError, codeOf, ModelFailedError, ModelTimeoutError } from './errors.ts'

export type QueueModelParameters = {
  model: Pick<Model, 'run'>
  /** Runs that may wait or be under way at once. */
  maxQueue: number
  /** From the moment a run is asked for, waiting included; of one that is told in pieces, to the next piece. */
  timeoutMs: number
}

/**
 * Runs a model for many callers: no more at once than `maxQueue`, none for longer than `timeoutMs`, or ten times as long while pieces come. What goes wrong comes out as the
 * refusal that the buyer gets: BAD_REQUEST and INVALID_TENSOR for a request that the model does not take, OVERLOADED, MODEL_TIMEOUT,
 * MODEL_FAILED for everything else. A caller's own signal comes out as its reason.
 */
export function queueModel({ model, maxQueue, timeoutMs }: QueueModelParameters) {
  let underWay = 0
  return {
    /** Runs waiting or under way. */
    depth: () => underWay,
    async run(request: readonly Tensor[], { signal: left, onPiece }: RunOptions = {}): Promise<Tensor[]> {
      if (underWay >= maxQueue) throw new OverloadedError(`${maxQueue} runs of this model`)
      underWay++
      const clock = createClock(timeoutMs, onPiece ? LONGEST_STREAM * timeoutMs : timeoutMs)
      const signal = left ? AbortSignal.any([clock.signal, left]) : clock.signal
      const streaming = onPiece && {
        onPiece(piece: Uint8Array) {
          if (signal.aborted) return
          clock.restart()
          onPiece(piece)
        },
      }
      try {
        return await Promise.race([model.run(request, { signal, ...streaming }), rejectOn(signal)])
      } catch (error) {
        left?.throwIfAborted()
        throw clock.signal.aborted ? new ModelTimeoutError(timeoutMs) : translate(error)
      } finally {
        clock.stop()
        underWay--
      }
    },
  }
}

/** How many times as long as a call may be a stream whose pieces keep coming. */
const LONGEST_STREAM = 10

/** Aborts `idleMs` after its last restart, and `longestMs` after it began at the latest. */
function createClock(idleMs: number, longestMs: number) {
  const controller = new AbortController()
  const expire = () => controller.abort()
  const end = setTimeout(expire, longestMs)
  let idle = setTimeout(expire, idleMs)
  return {
    signal: controller.signal,
    restart() {
      clearTimeout(idle)
      idle = setTimeout(expire, idleMs)
    },
    stop() {
      clearTimeout(idle)
      clearTimeout(end)
    },
  }
}

/** A model that is deep in native code does not look at its signal; the caller does not wait for it. */
function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}

function translate(error: unknown): Error {
  const code = codeOf(error)
  if (error instanceof InvalidTensorError || error instanceof RefusedCallError) return error
  if (error instanceof Error && (code === 'INVALID_REQUEST' || code === 'INVALID_TENSOR')) {
    const message = 'shortMessage' in error ? String(error.shortMessage) : error.message
    return new BadRequestError(message, { cause: error })
  }
  return new ModelFailedError(error)
}
