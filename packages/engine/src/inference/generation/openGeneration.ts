import { readFile } from 'node:fs/promises'
import { type Tensor, tensorOf, textTensor } from '@stoa/protocol'
import { fromTokenizerJson } from '../../checkpoints/tokenizers/fromTokenizerJson.ts'
import { type OpenedExact, openExact } from '../../exact/openExact.ts'
import { createGenerator, type Generator } from '../../llama/generate/createGenerator.ts'
import { type DecoderShape, decoderShape } from '../../llama/generate/decoderShape.ts'
import { createStreamDecoder, type Tokenizer } from '../../text/index.ts'
import { InvalidModelError, InvalidRequestError } from '../errors.ts'
import type { Model } from '../model.ts'
import { modelFrom } from '../modelFrom.ts'
import { readGeneration } from './readGeneration.ts'

export type OpenGenerationParameters = {
  /** `model.onnx` and `tokenizer.json` → absolute path; `quantizeLlama` writes both. */
  files: Readonly<Record<string, string>>
  /** Threads for one operation; by default the runtime's choice. */
  threads?: number
}

type Parts = {
  tokenizer: Tokenizer
  generate: Generator
  shape: DecoderShape
  /** Ids that stand before every prompt. */
  begin: readonly number[]
  /** Ids that end a text. */
  ends: readonly number[]
}

/**
 * Opens a generating model of the exact profile (specs/generation.md). Throws `InvalidModelError` when the files are not such a model.
 */
export async function openGeneration({ files, threads }: OpenGenerationParameters): Promise<Model> {
  const { 'model.onnx': modelPath, 'tokenizer.json': tokenizerPath } = files
  if (!modelPath || !tokenizerPath) throw refused('"model.onnx" and "tokenizer.json" are needed')
  const tokenizer = await readTokenizer(tokenizerPath)
  const bytes = await readFile(modelPath).catch((cause) => {
    throw refused('model.onnx can not be read', cause)
  })
  const opened = await openExact({ bytes, ...(threads === undefined ? {} : { threads }) }).catch((cause) => {
    throw refused('model.onnx can not be loaded', cause)
  })
  try {
    const parts = partsOf(opened, tokenizer)
    return modelFrom({
      task: 'generate',
      answer: (request, signal) => answer(parts, request, signal),
      release: () => opened.executor.close(),
    })
  } catch (error) {
    await opened.executor.close()
    throw error
  }
}

async function readTokenizer(path: string): Promise<Tokenizer> {
  try {
    return fromTokenizerJson(JSON.parse(await readFile(path, 'utf8')), 'tokenizer.json')
  } catch (cause) {
    throw refused('tokenizer.json can not be used', cause)
  }
}

function partsOf({ graph, executor }: OpenedExact, tokenizer: Tokenizer): Parts {
  const shape = decoderShape(graph.model)
  if (typeof shape === 'string') throw refused(`model.onnx is no decoder: ${shape}`)
  if (tokenizer.size > shape.vocab)
    throw refused(`tokenizer.json has ids up to ${tokenizer.size - 1}, model.onnx knows ${shape.vocab}`)
  const listed = (key: string) => {
    const text = graph.model.metadata.get(key) ?? ''
    const ids = text === '' ? [] : text.split(',').map(Number)
    if (ids.some((id) => !Number.isInteger(id) || id < 0 || id >= shape.vocab))
      throw refused(`"${key}" of model.onnx is "${text}", which are no ids`)
    return ids
  }
  const [begin, ends] = [listed('generate.begin'), listed('generate.end')]
  if (ends.length === 0) throw refused('model.onnx names no id that ends a text ("generate.end")')
  return { tokenizer, shape, begin, ends, generate: createGenerator({ executor, shape, ends: new Set(ends) }) }
}

async function answer(parts: Parts, request: readonly Tensor[], signal: AbortSignal | undefined): Promise<Tensor[]> {
  const { tokenizer, generate, shape, begin, ends } = parts
  const { prompt, limit, choice } = readGeneration(request)
  const room = shape.context - limit - begin.length
  if (room < 1)
    throw new InvalidRequestError('generate', `${limit} tokens are asked for, the model's context is ${shape.context}`)
  const ids = [...begin, ...tokenizer.encode(prompt).slice(-room)]
  const read = ids.length > 0 ? ids : ends.slice(0, 1)
  const options = signal === undefined ? {} : { signal }
  const { tokens, ended } = await generate({ prompt: read, limit, choice, ...options })
  const shown = ended ? tokens.slice(0, -1) : tokens
  // Without `end`, a character that waits for its last byte is left out. A blank at the front is the model's: the text goes on from the prompt.
  const text = createStreamDecoder(tokenizer, { continues: true }).push(shown)
  // No more than the buyer could know beforehand: a tokenizer that puts blanks into a text makes more tokens of it than it has bytes.
  const counted = Math.min(read.length, prompt.length + 1)
  return [
    textTensor('text', text),
    tensorOf('tokens', 'u32', [tokens.length], Uint32Array.from(tokens)),
    tensorOf('usage', 'u32', [3], Uint32Array.of(counted, tokens.length, ended ? 1 : 0)),
  ]
}

const refused = (why: string, cause?: unknown): InvalidModelError => new InvalidModelError('generate', why, cause)
