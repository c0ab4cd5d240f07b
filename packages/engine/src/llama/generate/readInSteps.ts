import type { Executor } from '../../exact/executor.ts'
import type { Value } from '../../exact/value.ts'
import { type Cache, createCache } from '../createCache.ts'
import { MAX_STEP } from '../positions.ts'
import type { DecoderShape } from './decoderShape.ts'

/** A decoder's logits for the last position of a text, and the cache with all of it. */
export type ReadText = { readonly logits: Int32Array; readonly cache: Cache }

/**
 * Reads ids after what a cache holds, in few steps; the result does not depend on which.
 *
 * @param signal Looked at between steps.
 */
export async function readInSteps(
  executor: Executor,
  shape: DecoderShape,
  ids: readonly number[],
  { cache = createCache(shape, 'u8'), signal }: { cache?: Cache; signal?: AbortSignal | undefined } = {},
): Promise<ReadText> {
  let logits: Int32Array = new Int32Array(0)
  for (let rest = ids; rest.length > 0; ) {
    signal?.throwIfAborted()
    const step = rest.slice(0, stepLength(rest.length))
    rest = rest.slice(step.length)
    const outputs = await executor.run(stepInputs(step, cache.filled, cache.inputs()))
    cache.append(outputs, step.length)
    logits = logitsOf(outputs)
  }
  return { logits, cache }
}

/** Powers of two, so that few different lengths occur: every length is bound to the graph once. */
function stepLength(left: number): number {
  let length = MAX_STEP
  while (length > left) length /= 2
  return length
}

function stepInputs(ids: readonly number[], from: number, caches: Map<string, Value>): Map<string, Value> {
  const dims = [1, ids.length]
  caches.set('ids', { type: 'i64', dims, data: BigInt64Array.from(ids, BigInt) })
  caches.set('position', { type: 'i64', dims, data: BigInt64Array.from(ids, (_, i) => BigInt(from + i)) })
  return caches
}

function logitsOf(outputs: ReadonlyMap<string, Value>): Int32Array {
  const logits = outputs.get('logits')
  if (logits?.type !== 'i32') throw new TypeError('A step of the decoder gave out no logits.')
  return Int32Array.from(logits.data)
}
