import {
  findTensor,
  InvalidTensorError,
  isTextEmbedding,
  readTextEmbeddingAnswer,
  type Tensor,
  tensorOf,
  valuesOf,
} from '@stoa/protocol'

/** Length of an embedding (specs/tasks.md, "embedding"). */
export const DIMENSIONS = 512
/** Texts of one request. */
export const MAX_TEXTS = 2048
/** Tokens of a text that are embedded. */
export const MAX_TEXT_TOKENS = 128
/** What one step of an exact embedding's elements stands for. */
const EXACT_STEP = 2 ** -15

/** The request for texts by the ids of their pieces: 1 to `MAX_TEXTS` of them, of 1 to `MAX_TEXT_TOKENS` each. */
export function embeddingRequest(texts: readonly Uint32Array[]): Tensor[] {
  const offsets = new Uint32Array(texts.length + 1)
  for (const [i, { length }] of texts.entries()) offsets[i + 1] = (offsets[i] ?? 0) + length
  const ids = new Uint32Array(offsets[texts.length] ?? 0)
  for (const [i, text] of texts.entries()) ids.set(text, offsets[i])
  return [tensorOf('ids', 'u32', [ids.length], ids), tensorOf('offsets', 'u32', [offsets.length], offsets)]
}

/**
 * Embeddings of the texts of a request, row after row, `DIMENSIONS` each or as many as a request of texts asks for, of a model that follows the exact profile or doesn't. Throws
 * `InvalidTensorError` for anything but one embedding of finite numbers for each text.
 */
export function readEmbeddingAnswer(
  request: readonly Tensor[],
  response: readonly Tensor[],
  { isExact }: { isExact: boolean },
): Float32Array {
  if (isTextEmbedding(request)) return readTextEmbeddingAnswer(request, response).rows
  const count = (findTensor(request, 'offsets').dims[0] ?? 1) - 1
  const tensor = findTensor(response, 'embedding')
  const rows = isExact
    ? Float32Array.from(valuesOf(tensor, 'i32'), (steps) => steps * EXACT_STEP)
    : valuesOf(tensor, 'f32')
  if (response.length !== 1 || tensor.dims.join() !== `${count},${DIMENSIONS}`)
    throw new InvalidTensorError(`"embedding" is [${tensor.dims.join(', ')}], [${count}, ${DIMENSIONS}] is needed`)
  if (!rows.every(Number.isFinite)) throw new InvalidTensorError('"embedding" holds what is no finite number')
  return rows
}
