import { findTensor, InvalidTensorError, type Tensor, tensorOf, valuesOf } from '@stoa/protocol'
import { BadRequestError } from '../errors.ts'

/** Length of an embedding (specs/tasks.md, "embedding"). */
export const DIMENSIONS = 512
const MAX_TEXTS = 2048
const MAX_TEXT_BYTES = 8192
const MAX_TOTAL_BYTES = 1 << 20

/** The request for `texts`: their UTF-8 one after the other, and where each starts. Throws `BadRequestError` over the task's limits. */
export function embeddingRequest(texts: readonly string[]): Tensor[] {
  const param = 'input'
  if (texts.length < 1 || texts.length > MAX_TEXTS)
    throw new BadRequestError(`1 to ${MAX_TEXTS} texts are embedded at once, there are ${texts.length}.`, { param })
  const offsets = new Uint32Array(texts.length + 1)
  const parts = texts.map((text, i) => {
    // JSON can spell half a surrogate pair, which has no UTF-8: encoding it would embed another text than was sent.
    if (!text.isWellFormed()) throw new BadRequestError(`Text ${i} is not valid Unicode.`, { param })
    const bytes = Buffer.from(text, 'utf8')
    if (bytes.length > MAX_TEXT_BYTES)
      throw new BadRequestError(`Text ${i} has ${bytes.length} bytes, at most ${MAX_TEXT_BYTES} are embedded.`, {
        param,
        hint: 'Cut it into passages and embed each.',
      })
    offsets[i + 1] = (offsets[i] ?? 0) + bytes.length
    return bytes
  })
  const total = offsets[texts.length] ?? 0
  if (total > MAX_TOTAL_BYTES)
    throw new BadRequestError(`The texts have ${total} bytes, at most ${MAX_TOTAL_BYTES} are embedded at once.`, {
      param,
      hint: 'Send them in several requests.',
    })
  const bytes = Buffer.concat(parts, total)
  return [tensorOf('text', 'u8', [total], bytes), tensorOf('offsets', 'u32', [offsets.length], offsets)]
}

export type EmbeddingAnswer = {
  /** Row after row, `DIMENSIONS` each. */
  embeddings: Float32Array
  /** Tokens of each text that the model read. */
  tokens: Uint32Array
}

/** Throws `InvalidTensorError` for anything but one embedding of finite numbers for each text of the request. */
export function readEmbeddingAnswer(request: readonly Tensor[], response: readonly Tensor[]): EmbeddingAnswer {
  const count = (findTensor(request, 'offsets').dims[0] ?? 1) - 1
  const tensor = findTensor(response, 'embedding')
  const embeddings = valuesOf(tensor, 'f32')
  const [rows, columns] = tensor.dims
  if (response.length !== 2 || tensor.dims.length !== 2 || rows !== count || columns !== DIMENSIONS)
    throw new InvalidTensorError(`"embedding" is [${tensor.dims.join(', ')}], [${count}, ${DIMENSIONS}] is needed`)
  const tokens = valuesOf(findTensor(response, 'tokens'), 'u32')
  if (tokens.length !== count) throw new InvalidTensorError(`"tokens" counts ${tokens.length} texts, not ${count}`)
  if (!embeddings.every(Number.isFinite)) throw new InvalidTensorError('"embedding" holds what is no finite number')
  return { embeddings, tokens }
}
