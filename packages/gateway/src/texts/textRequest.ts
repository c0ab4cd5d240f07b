import { randomBytes } from 'node:crypto'
import { encodeTextEmbeddingRequest, type Tensor, textDimensions } from '@stoa/protocol'
import { WrongTaskError } from '../errors.ts'
import type { ListedModel } from '../market/market.ts'
import { embeddingRequest, MAX_TEXT_TOKENS } from '../tasks/embedding.ts'
import { generateRequest } from '../tasks/generate.ts'
import type { ModelTexts } from './modelTexts.ts'

/** How a text is gone on with: as chats are, by a seed of its own. */
const SAMPLING = { temperature: 800, topK: 40, topP: 950_000 }
/** Tokens of a prompt and of what goes on from it; fewer where the model's context is shorter. */
const MAX_PROMPT = 256
const MAX_TOKENS = 32

/**
 * The request by which a text is put to a model: to go on from, with a random seed, or to embed. What is too long is cut. Throws `WrongTaskError` for a model that takes no
 * texts, and `TokenizerUnavailableError`.
 */
export async function textRequest(texts: ModelTexts, model: ListedModel, text: string): Promise<Tensor[]> {
  const { task } = model.card
  if (task !== 'generate' && task !== 'embedding')
    throw new WrongTaskError(model.name, task, 'Texts are put to models that generate or embed them.')
  const dimensions = textDimensions(model.card)
  if (dimensions !== undefined) return encodeTextEmbeddingRequest({ texts: [text], dimensions })
  const [ids = new Uint32Array()] = await texts.encode(model, [{ text }])
  if (task === 'embedding') return embeddingRequest([ids.subarray(0, MAX_TEXT_TOKENS)])
  const { begin, context } = await texts.factsOf(model)
  const prompt = Uint32Array.of(...begin, ...ids).subarray(0, Math.min(MAX_PROMPT, context - 1))
  const maxTokens = Math.min(MAX_TOKENS, context - prompt.length)
  return generateRequest(prompt, { ...SAMPLING, maxTokens, seed: randomBytes(32) })
}
