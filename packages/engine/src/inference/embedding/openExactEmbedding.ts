import { readFile } from 'node:fs/promises'
import { type Tensor, tensorOf } from '@stoa/protocol'
import type { Executor, ExecutorKind } from '../../exact/executor.ts'
import { openExact } from '../../exact/openExact.ts'
import { EMBEDDING_PLACES, NO_PIECES } from '../../quantize/embedding/buildExactEncoder.ts'
import { InvalidModelError } from '../errors.ts'
import type { Model } from '../model.ts'
import { modelFrom } from '../modelFrom.ts'
import { DIMENSIONS, MAX_TOKENS } from './limits.ts'
import { readTexts } from './readTexts.ts'
import { createTokenizer, type Tokenizer } from './tokenizer/createTokenizer.ts'
import { parseVocabulary } from './tokenizer/parseVocabulary.ts'

export type OpenExactEmbeddingParameters = {
  /** `model.onnx` and `vocab.json` → absolute path; `convertExactEmbedding` writes both. */
  files: Readonly<Record<string, string>>
  /** Threads for one operation; by default the runtime's choice. */
  threads?: number
  /** What computes the graph; the fastest that is exact on this machine where left out. */
  executor?: 'auto' | ExecutorKind
}

/**
 * Opens a sentence embedding model of the exact profile (specs/tasks.md, "embedding"): each text is read by itself, so its embedding is the
 * same to the bit in whatever company. Throws `InvalidModelError` when the files are not such a model.
 */
export async function openExactEmbedding({ files, ...options }: OpenExactEmbeddingParameters): Promise<Model> {
  const { 'model.onnx': modelPath, 'vocab.json': vocabPath } = files
  if (!modelPath || !vocabPath) throw refused('"model.onnx" and "vocab.json" are needed')
  const vocabulary = parseVocabulary(await read(vocabPath, 'vocab.json'))
  const bytes = await read(modelPath, 'model.onnx')
  const { executor, graph } = await openExact({ bytes, ...options }).catch((cause) => {
    throw refused('model.onnx can not be loaded', cause)
  })
  const { pieces } = vocabulary
  if (pieces.length > NO_PIECES || graph.ranges.get('ids')?.hi !== NO_PIECES) {
    await executor.close()
    throw refused('model.onnx does not take the ids of vocab.json')
  }
  const tokenizer = createTokenizer(vocabulary)
  return modelFrom({
    task: 'embedding',
    answer: (request, signal) => embed(executor, tokenizer, readTexts(request), signal),
    release: () => executor.close(),
  })
}

async function read(path: string, name: 'model.onnx'): Promise<Uint8Array>
async function read(path: string, name: 'vocab.json'): Promise<string>
async function read(path: string, name: string): Promise<string | Uint8Array> {
  try {
    return await readFile(path, name === 'vocab.json' ? 'utf8' : null)
  } catch (cause) {
    throw refused(`${name} can not be read`, cause)
  }
}

async function embed(
  executor: Executor,
  tokenizer: Tokenizer,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Tensor[]> {
  const embeddings = new Float32Array(texts.length * DIMENSIONS)
  const counts = new Uint32Array(texts.length)
  for (const [i, text] of texts.entries()) {
    signal?.throwIfAborted()
    const ids = tokenizer.encode(text).subarray(0, MAX_TOKENS)
    counts[i] = ids.length
    const data = ids.length === 0 ? BigInt64Array.of(BigInt(NO_PIECES)) : BigInt64Array.from(ids, BigInt)
    const outputs = await executor.run(new Map([['ids', { type: 'i64', dims: [data.length], data }]]))
    const whole = outputs.get('embedding')
    if (whole?.type !== 'i32' || whole.data.length !== DIMENSIONS)
      throw new TypeError('The graph gave out no embedding.')
    // Exact: the integers have 15 bits, and the factor is a power of two.
    embeddings.set(
      Float32Array.from(whole.data, (n) => n / 2 ** EMBEDDING_PLACES),
      i * DIMENSIONS,
    )
  }
  return [
    tensorOf('embedding', 'f32', [texts.length, DIMENSIONS], embeddings),
    tensorOf('tokens', 'u32', [texts.length], counts),
  ]
}

const refused = (why: string, cause?: unknown): InvalidModelError => new InvalidModelError('embedding', why, cause)
