import { findTensor, type GenerationFile, InvalidTensorError, type Tensor, tensorOf, valuesOf } from '@stoa/protocol'

/** Most tokens that one request may ask for (specs/generation.md). */
export const MAX_NEW_TOKENS = 4_096
const SEED_BYTES = 32

/** How the next token is chosen, in whole numbers: what is sampled is then the same everywhere. */
export type Sampling = {
  maxTokens: number
  /** Thousandths; 0 is greedy. */
  temperature: number
  /** 0: all tokens. */
  topK: number
  /** Millionths. */
  topP: number
  /** 32 bytes. */
  seed: Uint8Array
}

/** The request for tokens that go on from `ids`. */
export function generateRequest(ids: Uint32Array, { maxTokens, temperature, topK, topP, seed }: Sampling): Tensor[] {
  return [
    tensorOf('ids', 'u32', [ids.length], ids),
    tensorOf('settings', 'u32', [4], Uint32Array.of(maxTokens, temperature, topK, topP)),
    tensorOf('seed', 'u8', [SEED_BYTES], temperature === 0 ? new Uint8Array(SEED_BYTES) : seed),
  ]
}

export type GenerateAnswer = {
  tokens: Uint32Array
  /** Those of them that are text: all but one that ends it. */
  shown: Uint32Array
  /** Whether the model ended its text, or the wanted number of tokens was reached. */
  finish: 'stop' | 'length'
}

/** Reads a `generate` answer of the model that `facts` are about (specs/generation.md). Throws `InvalidTensorError` for anything else. */
export function readGenerateAnswer(
  request: readonly Tensor[],
  response: readonly Tensor[],
  { vocabulary, ends }: GenerationFile,
): GenerateAnswer {
  const [maxTokens = 0] = valuesOf(findTensor(request, 'settings'), 'u32')
  const tensor = findTensor(response, 'tokens')
  const tokens = valuesOf(tensor, 'u32')
  if (response.length !== 1 || tensor.dims.length !== 1)
    throw new InvalidTensorError('a generate answer is one tensor, "tokens" of one dimension')
  if (tokens.length < 1 || tokens.length > maxTokens)
    throw new InvalidTensorError(`there are ${tokens.length} tokens, 1 to ${maxTokens} are possible`)
  const unknown = tokens.find((id) => id >= vocabulary)
  if (unknown !== undefined)
    throw new InvalidTensorError(`the model knows ${vocabulary} ids, ${unknown} is none of them`)
  const end = tokens.findIndex((id) => ends.includes(id))
  const isEnded = end >= 0
  if (isEnded && end < tokens.length - 1)
    throw new InvalidTensorError(`token ${end} ends the text, and ${tokens.length - 1 - end} follow it`)
  if (!isEnded && tokens.length < maxTokens)
    throw new InvalidTensorError(`it stops after ${tokens.length} of ${maxTokens} tokens, none of which ends the text`)
  return { tokens, shown: isEnded ? tokens.subarray(0, end) : tokens, finish: isEnded ? 'stop' : 'length' }
}
