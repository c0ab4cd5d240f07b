import { readFile } from 'node:fs/promises'
import { type Tensor, tensorOf } from '@stoa/protocol'
import type { Executor, ExecutorKind } from '../../exact/executor.ts'
import { openExact } from '../../exact/openExact.ts'
import { NO_PIECES } from '../../text/index.ts'
import { InvalidModelError } from '../errors.ts'
import { type Bind, judgedBinding } from '../judgedBinding.ts'
import type { Model } from '../model.ts'
import { modelFrom } from '../modelFrom.ts'
import { checkVocabulary } from './checkVocabulary.ts'
import { DIMENSIONS } from './limits.ts'
import { readSequences } from './readSequences.ts'

export type OpenExactEmbeddingParameters = {
  /** `model.onnx` and `vocab.json`, which `convertExactEmbedding` writes, and `formulas.bin` where a contract judges the answers → absolute path. */
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
  const { 'model.onnx': modelPath, 'vocab.json': vocabPath, 'formulas.bin': formulasPath } = files
  if (!modelPath || !vocabPath) throw refused('"model.onnx" and "vocab.json" are needed')
  await checkVocabulary(vocabPath)
  const bytes = await readFile(modelPath).catch((cause) => {
    throw refused('model.onnx can not be read', cause)
  })
  const { executor, graph } = await openExact({ bytes, ...options }).catch((cause) => {
    throw refused('model.onnx can not be loaded', cause)
  })
  try {
    if (graph.ranges.get('ids')?.hi !== NO_PIECES) throw refused('model.onnx does not take ids of pieces')
    const bind = await judgedBinding('embedding', graph, formulasPath)
    return modelFrom({
      task: 'embedding',
      answer: (request, signal) => embed({ executor, bind }, readSequences(request), signal),
      release: () => executor.close(),
    })
  } catch (error) {
    await executor.close()
    throw error
  }
}

type Parts = { executor: Executor; bind: Bind }

async function embed(
  { executor, bind }: Parts,
  sequences: readonly Uint32Array[],
  signal: AbortSignal | undefined,
): Promise<Tensor[]> {
  const embeddings = new Int32Array(sequences.length * DIMENSIONS)
  for (const [i, ids] of sequences.entries()) {
    signal?.throwIfAborted()
    const data = BigInt64Array.from(ids, BigInt)
    const inputs = new Map([['ids', { type: 'i64', dims: [data.length], data } as const]])
    bind(inputs)
    const outputs = await executor.run(inputs)
    const row = outputs.get('embedding')
    if (row?.type !== 'i32' || row.data.length !== DIMENSIONS) throw new TypeError('The graph gave out no embedding.')
    embeddings.set(row.data, i * DIMENSIONS)
  }
  return [tensorOf('embedding', 'i32', [sequences.length, DIMENSIONS], embeddings)]
}

const refused = (why: string, cause?: unknown): InvalidModelError => new InvalidModelError('embedding', why, cause)
