import type { Executor } from '../../exact/executor.ts'
import type { Value } from '../../exact/value.ts'
import { createCache } from '../createCache.ts'
import { MAX_STEP } from '../positions.ts'
import type { Choice } from './choice.ts'
import { chooseToken } from './chooseToken.ts'
import type { DecoderShape } from './decoderShape.ts'
import { weightTable } from './weightTable.ts'

export type GenerateParameters = {
  /** Ids to go on from; with `limit` at most the context. */
  prompt: ArrayLike<number>
  /** Most tokens to generate. */
  limit: number
  choice: Choice
  /** Looked at between steps. */
  signal?: AbortSignal
  /** Gets each token as it is chosen. */
  onToken?: (id: number) => void
}

/** Ids that follow a prompt, the one that ends the text among them. */
export type Generator = (parameters: GenerateParameters) => Promise<{ tokens: number[]; ended: boolean }>

export type CreateGeneratorParameters = { executor: Executor; shape: DecoderShape; ends: ReadonlySet<number> }

/** Generates with a decoder of the exact profile: the tokens are those that specs/generation.md says, whatever computes it. */
export function createGenerator({ executor, shape, ends }: CreateGeneratorParameters): Generator {
  const weights = weightTable()
  return async ({ prompt, limit, choice, signal, onToken }) => {
    if (prompt.length < 1 || limit < 1 || prompt.length + limit > shape.context)
      throw new RangeError(`${prompt.length} tokens and ${limit} more do not fit a context of ${shape.context}.`)
    const cache = createCache(shape, 'u8')
    const tokens: number[] = []
    let rest: readonly number[] = Array.from(prompt)
    let logits = new Int32Array(0)
    while (tokens.length < limit) {
      while (rest.length > 0) {
        signal?.throwIfAborted()
        const step = rest.slice(0, stepLength(rest.length))
        rest = rest.slice(step.length)
        const outputs = await executor.run(stepInputs(step, cache.filled, cache.inputs()))
        cache.append(outputs, step.length)
        logits = logitsOf(outputs)
      }
      const token = chooseToken({ logits, choice, index: tokens.length, weights })
      tokens.push(token)
      onToken?.(token)
      if (ends.has(token)) return { tokens, ended: true }
      rest = [token]
    }
    return { tokens, ended: false }
  }
}

/** Powers of two, so that few different lengths occur: every length is bound to the graph once. Results do not depend on it. */
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

function logitsOf(outputs: ReadonlyMap<string, Value>): Int32Array<ArrayBuffer> {
  const logits = outputs.get('logits')
  if (logits?.type !== 'i32') throw new TypeError('A step of the decoder gave out no logits.')
  return Int32Array.from(logits.data)
}
