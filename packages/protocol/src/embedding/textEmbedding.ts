import type { ModelCard } from '../cards/modelCard.ts'
import { readOnce } from '../tensors/readOnce.ts'
import { findTensor, InvalidTensorError, type Tensor, tensorOf, valuesOf } from '../tensors/tensor.ts'

/** Texts of one request. */
export const MAX_EMBEDDED_TEXTS = 2_048
/** UTF-8 bytes of all texts of a request. */
export const MAX_EMBEDDED_BYTES = 1 << 20
/** Numbers of one answer. */
export const MAX_EMBEDDED_NUMBERS = 1 << 19
/** Tokens that a tokenizer may put around each text by itself (specs/backends.md, "Embeddings"). */
const TOKENS_AROUND = 16
/** Where nobody counted, so many bytes of text are a token. */
const BYTES_PER_TOKEN = 4

/** What a model that embeds texts is asked: `dimensions` is how many numbers each text is to have. */
export type TextEmbeddingRequest = Readonly<{ texts: readonly string[]; dimensions: number }>

/** One row of `dimensions` numbers a text, and tokens: `counted` by the back end, or estimated by bytes. */
export type TextEmbeddingAnswer = Readonly<{ rows: Float32Array; usage: { tokens: number; counted: boolean } }>

/** Numbers of an embedding of a model that takes texts as they are; undefined for models that take anything else. */
export function textDimensions({
  task,
  profile,
  dimensions,
}: Pick<ModelCard, 'task' | 'profile' | 'dimensions'>): number | undefined {
  return task === 'embedding' && profile === undefined ? dimensions : undefined
}

/** Whether a request of the task `embedding` holds texts, not ids. */
export const isTextEmbedding = (request: readonly Tensor[]): boolean => request.some(({ name }) => name === 'texts')

/** The request as tensors. Throws `InvalidTensorError` for one that is too large, or has an empty text. */
export function encodeTextEmbeddingRequest({ texts, dimensions }: TextEmbeddingRequest): Tensor[] {
  const encoded = texts.map((text) => new TextEncoder().encode(text))
  const offsets = new Uint32Array(texts.length + 1)
  for (const [i, { length }] of encoded.entries()) offsets[i + 1] = (offsets[i] ?? 0) + length
  const bytes = new Uint8Array(offsets[texts.length] ?? 0)
  for (const [i, text] of encoded.entries()) bytes.set(text, offsets[i])
  const tensors = [
    tensorOf('texts', 'u8', [bytes.length], bytes),
    tensorOf('offsets', 'u32', [offsets.length], offsets),
    tensorOf('dimensions', 'u32', [1], Uint32Array.of(dimensions)),
  ]
  readTextEmbeddingRequest(tensors)
  return tensors
}

/** Reads a request. Throws `InvalidTensorError` that names what is wrong. */
export const readTextEmbeddingRequest: (tensors: readonly Tensor[]) => TextEmbeddingRequest = readOnce(parseRequest)

function parseRequest(tensors: readonly Tensor[]): TextEmbeddingRequest {
  const bytes = valuesOf(findTensor(tensors, 'texts'), 'u8')
  const offsets = valuesOf(findTensor(tensors, 'offsets'), 'u32')
  const [dimensions = 0, ...others] = valuesOf(findTensor(tensors, 'dimensions'), 'u32')
  if (tensors.length !== 3 || others.length > 0)
    throw new InvalidTensorError('texts to embed are "texts", "offsets" and "dimensions", which is one number')
  const count = offsets.length - 1
  if (count < 1 || count > MAX_EMBEDDED_TEXTS)
    throw new InvalidTensorError(`1 to ${MAX_EMBEDDED_TEXTS} texts are embedded, there are ${Math.max(count, 0)}`)
  if (bytes.length > MAX_EMBEDDED_BYTES)
    throw new InvalidTensorError(`the texts have ${bytes.length} bytes, at most ${MAX_EMBEDDED_BYTES} are taken`)
  if (dimensions < 1 || count * dimensions > MAX_EMBEDDED_NUMBERS)
    throw new InvalidTensorError(
      `${count} embeddings of ${dimensions} numbers are asked for, at most ${MAX_EMBEDDED_NUMBERS} numbers are given at once`,
    )
  if (offsets[0] !== 0 || offsets[count] !== bytes.length)
    throw new InvalidTensorError(`"offsets" run from ${offsets[0]} to ${offsets[count]}, not from 0 to ${bytes.length}`)
  const texts = Array.from({ length: count }, (_, i) => textOf(bytes, offsets[i] ?? 0, offsets[i + 1] ?? 0, i))
  return { texts, dimensions }
}

function textOf(bytes: Uint8Array, start: number, end: number, i: number): string {
  if (end <= start) throw new InvalidTensorError(`text ${i} goes from byte ${start} to ${end}`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, end))
  } catch {
    throw new InvalidTensorError(`text ${i} is not UTF-8`)
  }
}

/** Most tokens that a request can come to: no tokenizer makes more than one of a byte. */
export function textEmbeddingBound(request: readonly Tensor[]): number {
  const { texts } = readTextEmbeddingRequest(request)
  return findTensor(request, 'texts').data.length + TOKENS_AROUND * texts.length
}

/** The answer's tensors. `said`: tokens as the back end counts them, taken where the request allows so many, else they are estimated. */
export function encodeTextEmbeddingAnswer(
  request: readonly Tensor[],
  rows: Float32Array,
  said: number | undefined,
): Tensor[] {
  const { texts, dimensions } = readTextEmbeddingRequest(request)
  const counted = said !== undefined && isPossible(request, said)
  const tokens = counted ? said : estimate(request)
  return [
    tensorOf('embedding', 'f32', [texts.length, dimensions], rows),
    tensorOf('usage', 'u32', [3], Uint32Array.of(tokens, 0, counted ? 1 : 0)),
  ]
}

/** Reads an answer, and holds it against the request. Throws `InvalidTensorError` for what no seller may answer: other rows than were asked for, what is no finite number, a count that can't be. */
export function readTextEmbeddingAnswer(request: readonly Tensor[], response: readonly Tensor[]): TextEmbeddingAnswer {
  const { texts, dimensions } = readTextEmbeddingRequest(request)
  const tensor = findTensor(response, 'embedding')
  const rows = valuesOf(tensor, 'f32')
  const [tokens = 0, none, counted, ...more] = valuesOf(findTensor(response, 'usage'), 'u32')
  if (response.length !== 2 || none !== 0 || counted === undefined || counted > 1 || more.length > 0)
    throw new InvalidTensorError(
      'an answer is "embedding" and "usage", which is tokens, 0, and whether they were counted',
    )
  if (tensor.dims.join() !== `${texts.length},${dimensions}`)
    throw new InvalidTensorError(
      `"embedding" is [${tensor.dims.join(', ')}], [${texts.length}, ${dimensions}] is needed`,
    )
  if (!rows.every(Number.isFinite)) throw new InvalidTensorError('"embedding" holds what is no finite number')
  if (counted === 1 && !isPossible(request, tokens))
    throw new InvalidTensorError(`${tokens} tokens are more than the request allows`)
  if (counted === 0 && tokens !== estimate(request))
    throw new InvalidTensorError(`${tokens} tokens are estimated, it is ${estimate(request)}`)
  return { rows, usage: { tokens, counted: counted === 1 } }
}

const isPossible = (request: readonly Tensor[], tokens: number): boolean =>
  Number.isInteger(tokens) && tokens >= 0 && tokens <= textEmbeddingBound(request)

const estimate = (request: readonly Tensor[]): number =>
  Math.ceil(findTensor(request, 'texts').data.length / BYTES_PER_TOKEN)
