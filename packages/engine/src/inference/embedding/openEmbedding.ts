import { readFile } from 'node:fs/promises'
import { type Tensor, tensorOf } from '@stoa/protocol'
import { InvalidModelError, ModelClosedError } from '../errors.ts'
import type { Model, RunOptions } from '../model.ts'
import { loadRuntime } from '../onnx/loadRuntime.ts'
import { DIMENSIONS, MAX_TOKENS } from './limits.ts'
import { type Encoder, openEncoder } from './openEncoder.ts'
import { planBatches } from './planBatches.ts'
import { readTexts } from './readTexts.ts'
import { createTokenizer, type Tokenizer } from './tokenizer/createTokenizer.ts'
import { parseVocabulary } from './tokenizer/parseVocabulary.ts'

export type OpenEmbeddingParameters = {
  /** `model.onnx` and `vocab.json` → absolute path; `convertEmbeddingModel` writes both. */
  files: Readonly<Record<string, string>>
  /** Threads for one operation; by default the runtime's choice, one per physical core. */
  threads?: number
}

type Parts = {
  tokenizer: Tokenizer
  encoder: Encoder
  /** What the network answers for a text without pieces. */
  empty: Float32Array
}

/**
 * Opens a sentence embedding model (specs/tasks.md, "embedding"). Texts of one request share runs of the network; what else is
 * in a request changes an embedding by rounding only, less than 1e-6.
 *
 * Throws `InvalidModelError` when the files are not such a model, `MissingRuntimeError` without ONNX Runtime.
 */
export async function openEmbedding({ files, threads }: OpenEmbeddingParameters): Promise<Model> {
  const parts = await openParts({ files, ...(threads === undefined ? {} : { threads }) })
  const underWay = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined
  return {
    task: 'embedding',
    async run(request, options = {}) {
      if (closing) throw new ModelClosedError('embedding')
      const answer = embed(parts, readTexts(request), options)
      underWay.add(answer)
      try {
        return await answer
      } finally {
        underWay.delete(answer)
      }
    },
    close() {
      closing ??= Promise.allSettled(underWay).then(() => parts.encoder.close())
      return closing
    },
  }
}

async function openParts({ files, threads }: OpenEmbeddingParameters): Promise<Parts> {
  const { 'model.onnx': modelPath, 'vocab.json': vocabPath } = files
  if (!modelPath || !vocabPath) throw new InvalidModelError('embedding', '"model.onnx" and "vocab.json" are needed')
  const vocabulary = parseVocabulary(await readVocabulary(vocabPath))
  const runtime = await loadRuntime()
  const encoder = await openEncoder(runtime, modelPath, threads).catch((cause: unknown) => {
    throw new InvalidModelError('embedding', 'model.onnx can not be loaded', cause)
  })
  try {
    // One run tells whether the network fits the vocabulary (its last id is the one that could be out of range), and warms up.
    const rows = await encoder.encode([new Int32Array(0), Int32Array.of(vocabulary.pieces.length - 1)])
    return { tokenizer: createTokenizer(vocabulary), encoder, empty: rows.slice(0, DIMENSIONS) }
  } catch (cause) {
    await encoder.close()
    throw new InvalidModelError('embedding', 'model.onnx does not take the ids of vocab.json', cause)
  }
}

async function readVocabulary(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new InvalidModelError('embedding', 'vocab.json can not be read', cause)
  }
}

async function embed(
  { tokenizer, encoder, empty }: Parts,
  texts: readonly string[],
  { signal }: RunOptions,
): Promise<Tensor[]> {
  signal?.throwIfAborted()
  const sequences = texts.map((text) => tokenizer.encode(text).subarray(0, MAX_TOKENS))
  const embeddings = new Float32Array(texts.length * DIMENSIONS)
  for (const batch of planBatches(sequences.map((ids) => ids.length))) {
    signal?.throwIfAborted()
    const inBatch = batch.flatMap((i) => sequences[i] ?? [])
    const hasPieces = (inBatch.at(-1)?.length ?? 0) > 0
    const rows = hasPieces ? await encoder.encode(inBatch) : undefined
    for (const [row, i] of batch.entries())
      embeddings.set(rows?.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS) ?? empty, i * DIMENSIONS)
  }
  return [
    tensorOf('embedding', 'f32', [texts.length, DIMENSIONS], embeddings),
    tensorOf(
      'tokens',
      'u32',
      [texts.length],
      Uint32Array.from(sequences, (ids) => ids.length),
    ),
  ]
}
