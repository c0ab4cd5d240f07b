import type { Executor } from '../../exact/executor.ts'
import { createCache } from '../createCache.ts'
import type { Choice } from './choice.ts'
import { chooseToken } from './chooseToken.ts'
import type { DecoderShape } from './decoderShape.ts'
import { readInSteps } from './readInSteps.ts'
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
    while (tokens.length < limit) {
      const { logits } = await readInSteps(executor, shape, rest, { cache, signal })
      const token = chooseToken({ logits, choice, index: tokens.length, weights })
      tokens.push(token)
      onToken?.(token)
      if (ends.has(token)) return { tokens, ended: true }
      rest = [token]
    }
    return { tokens, ended: false }
  }
}
