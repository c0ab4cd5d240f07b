import { findTensor, InvalidTensorError, type Tensor, tensorOf, valuesOf } from '@stoa/protocol'
import { BadRequestError } from '../errors.ts'

/** Limits of the task (specs/generation.md). */
export const MAX_PROMPT_BYTES = 65_536
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

/** The request for a text to go on from `prompt`. Throws `BadRequestError` for a prompt over the task's limit or not valid Unicode. */
export function generateRequest(prompt: string, { maxTokens, temperature, topK, topP, seed }: Sampling): Tensor[] {
  const param = 'messages'
  if (!prompt.isWellFormed()) throw new BadRequestError('The prompt is not valid Unicode.', { param })
  const bytes = new TextEncoder().encode(prompt)
  if (bytes.length > MAX_PROMPT_BYTES)
    throw new BadRequestError(`The prompt has ${bytes.length} bytes, at most ${MAX_PROMPT_BYTES} are taken.`, { param })
  return [
    tensorOf('prompt', 'u8', [bytes.length], bytes),
    tensorOf('settings', 'u32', [4], Uint32Array.of(maxTokens, temperature, topK, topP)),
    tensorOf('seed', 'u8', [SEED_BYTES], temperature === 0 ? new Uint8Array(SEED_BYTES) : seed),
  ]
}

export type GenerateAnswer = {
  text: string
  promptTokens: number
  generatedTokens: number
  /** Whether the model ended its text, or the wanted number of tokens was reached. */
  finish: 'stop' | 'length'
}

/** Reads a `generate` answer (specs/generation.md). Throws `InvalidTensorError` for anything else. */
export function readGenerateAnswer(request: readonly Tensor[], response: readonly Tensor[]): GenerateAnswer {
  const [maxTokens = 0] = valuesOf(findTensor(request, 'settings'), 'u32')
  const bytes = valuesOf(findTensor(response, 'text'), 'u8')
  const tokens = valuesOf(findTensor(response, 'tokens'), 'u32')
  const usage = findTensor(response, 'usage')
  const [promptTokens = 0, generatedTokens = 0, end = 0] = valuesOf(usage, 'u32')
  if (response.length !== 3 || usage.dims.join() !== '3')
    throw new InvalidTensorError('a generate answer has the tensors "text", "tokens" and "usage" [3]')
  if (generatedTokens !== tokens.length || tokens.length > maxTokens || end > 1)
    throw new InvalidTensorError(
      `"usage" says [${promptTokens}, ${generatedTokens}, ${end}] of ${tokens.length} tokens`,
    )
  return { text: textOf(bytes), promptTokens, generatedTokens, finish: end === 1 ? 'stop' : 'length' }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new InvalidTensorError('"text" is not UTF-8')
  }
}
