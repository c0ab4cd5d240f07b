import { findTensor, type GenerationFile, type Tensor, valuesOf } from '@stoa/protocol'
import type { Choice } from '../../llama/generate/choice.ts'
import { InvalidRequestError } from '../errors.ts'
import { MAX_TEMPERATURE, MAX_TOKENS, SEED_BYTES, WHOLE_SHARE } from './limits.ts'

export type GenerationRequest = { prompt: Uint32Array; limit: number; choice: Choice }

/**
 * Reads a `generate` request (specs/generation.md): `ids` u32 [P], `settings` u32 [4], `seed` u8 [32]. Throws `InvalidRequestError` naming
 * what breaks the layout, a limit or the model's own, `InvalidTensorError` for a tensor that is missing or of another type.
 */
export function readGeneration(
  request: readonly Tensor[],
  { vocabulary, context }: Pick<GenerationFile, 'vocabulary' | 'context'>,
): GenerationRequest {
  if (request.length !== 3) throw invalid(`3 tensors are needed, there are ${request.length}`)
  const ids = vector(findTensor(request, 'ids'), 'u32')
  const settings = vector(findTensor(request, 'settings'), 'u32')
  const seed = vector(findTensor(request, 'seed'), 'u8')
  if (settings.length !== 4) throw invalid(`"settings" has ${settings.length} elements, 4 are needed`)
  const [limit = 0, temperature = 0, topK = 0, topP = 0] = settings
  if (limit < 1 || limit > MAX_TOKENS) throw invalid(`1 to ${MAX_TOKENS} tokens are generated, ${limit} are asked for`)
  if (temperature > MAX_TEMPERATURE)
    throw invalid(`the temperature is ${temperature} thousandths, at most ${MAX_TEMPERATURE}`)
  if (topP < 1 || topP > WHOLE_SHARE) throw invalid(`top p is ${topP} millionths, 1 to ${WHOLE_SHARE} are possible`)
  if (seed.length !== SEED_BYTES) throw invalid(`the seed has ${seed.length} bytes, ${SEED_BYTES} are needed`)
  if (temperature === 0 && seed.some((byte) => byte !== 0)) throw invalid('a greedy request has a seed of zeros')
  if (ids.length === 0) throw invalid('the prompt has no tokens, one is needed')
  const excess = ids.length + limit - context
  if (excess > 0)
    throw invalid(`${ids.length} tokens and ${limit} more are ${excess} too many for the model's context of ${context}`)
  const unknown = ids.find((id) => id >= vocabulary)
  if (unknown !== undefined) throw invalid(`the model knows ${vocabulary} ids, ${unknown} is none of them`)
  // The request's memory is its owner's: what outlives this call is copied.
  return { prompt: ids.slice(), limit, choice: { temperature, topK, topP, seed: seed.slice() } }
}

function vector<D extends 'u8' | 'u32'>(tensor: Tensor, dtype: D) {
  const values = valuesOf(tensor, dtype)
  if (tensor.dims.length !== 1) throw invalid(`"${tensor.name}" has ${tensor.dims.length} dimensions, one is needed`)
  return values
}

function invalid(why: string): InvalidRequestError {
  return new InvalidRequestError('generate', why)
}
