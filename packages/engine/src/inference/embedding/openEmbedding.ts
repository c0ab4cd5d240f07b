import { type Tensor, tensorOf } from '@stoa/protocol'
import { NO_PIECES } from '../../text/index.ts'
import { InvalidModelError, ModelClosedError } from '../errors.ts'
import type { Model, RunOptions } from '../model.ts'
import { loadRuntime } from '../onnx/loadRuntime.ts'
import { checkVocabulary } from './checkVocabulary.ts'
import { DIMENSIONS } from './limits.ts'
import { type Encoder, openEncoder } from './openEncoder.ts'
import { planBatches } from './planBatches.ts'
import { readSequences } from './readSequences.ts'

export type OpenEmbeddingParameters = {
  /** `model.onnx` and `vocab.json` → absolute path; `convertEmbeddingModel` writes both. */
  files: Readonly<Record<string, string>>
  /** Threads for one operation; by default the runtime's choice, one per physical core. */
  threads?: number
}

type Parts = {
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
      const answer = embed(parts, request, options)
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
  await checkVocabulary(vocabPath)
  const runtime = await loadRuntime()
  const encoder = await openEncoder(runtime, modelPath, threads).catch((cause: unknown) => {
    throw new InvalidModelError('embedding', 'model.onnx can not be loaded', cause)
  })
  try {
    // One run tells whether the network knows all ids (the last is the one that could be out of range), and warms up.
    const rows = await encoder.encode([new Uint32Array(0), Uint32Array.of(NO_PIECES - 1)])
    return { encoder, empty: rows.slice(0, DIMENSIONS) }
  } catch (cause) {
    await encoder.close()
    throw new InvalidModelError('embedding', 'model.onnx does not take ids of pieces', cause)
  }
}

async function embed({ encoder, empty }: Parts, request: readonly Tensor[], { signal }: RunOptions): Promise<Tensor[]> {
  signal?.throwIfAborted()
  // The network is not asked about a text without pieces: it has no id for that.
  const sequences = readSequences(request).map((ids) => (ids[0] === NO_PIECES ? new Uint32Array(0) : ids))
  const embeddings = new Float32Array(sequences.length * DIMENSIONS)
  for (const batch of planBatches(sequences.map((ids) => ids.length))) {
    signal?.throwIfAborted()
    const inBatch = batch.flatMap((i) => sequences[i] ?? [])
    const hasPieces = (inBatch.at(-1)?.length ?? 0) > 0
    const rows = hasPieces ? await encoder.encode(inBatch) : undefined
    for (const [row, i] of batch.entries())
      embeddings.set(rows?.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS) ?? empty, i * DIMENSIONS)
  }
  return [tensorOf('embedding', 'f32', [sequences.length, DIMENSIONS], embeddings)]
}
