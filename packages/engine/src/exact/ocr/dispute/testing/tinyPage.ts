import { type Tensor, tensorsDigest } from '@stoa/protocol'
import { formulasOfModel } from '../../../../inference/formulasOfModel.ts'
import { writeOnnxModel } from '../../../../onnx/writeOnnxModel.ts'
import { openOwnRun } from '../../../dispute/ownRun.ts'
import { lyingRun } from '../../../dispute/testing/lyingRun.ts'
import { FORMULAS_FILE, formulasOf } from '../../../formula/index.ts'
import { loadExactGraph } from '../../../profile/index.ts'
import { openReference } from '../../../reference/openReference.ts'
import { readKeys } from '../../reading/readKeys.ts'
import { barsPage } from '../../testing/barsPage.ts'
import { TINY_KEYS, tinyDetector, tinyRecogniser } from '../../testing/tinyGraphs.ts'
import { imageInput, type PageReader, type RunGraphOf, readWith } from './pageReader.ts'

/**
 * A judged OCR model that is small enough for games in a second, with a page of three pieces of text. Another brightness makes another detector, which finds the same; other
 * keys are read where these are.
 */
export function tinyPage({ brightness, keys = TINY_KEYS }: { brightness?: number; keys?: readonly string[] } = {}) {
  const bytes = { 'det.onnx': writeOnnxModel(tinyDetector(brightness)), 'rec.onnx': writeOnnxModel(tinyRecogniser()) }
  const graphs = { 'det.onnx': loadExactGraph(bytes['det.onnx']), 'rec.onnx': loadExactGraph(bytes['rec.onnx']) }
  const formulas = { 'det.onnx': formulasOf(graphs['det.onnx']), 'rec.onnx': formulasOf(graphs['rec.onnx']) }
  const contents = {
    ...bytes,
    [FORMULAS_FILE]: formulasOfModel('ocr', bytes),
    'keys.txt': new TextEncoder().encode(`${keys.join('\n')}\n`),
  }
  const page = barsPage()
  const image: Tensor = { name: 'image', dtype: 'u8', dims: [1, page.height, page.width, 3], data: page.data }
  return { graphs, formulas, contents, request: [image], page, keys: readKeys(contents['keys.txt']) }
}

export type TinyPage = ReturnType<typeof tinyPage>

/** Who reads the page rightly. */
export function tinyTruth({ graphs, ...read }: TinyPage): Promise<PageReader> {
  const executors = { 'det.onnx': openReference(graphs['det.onnx']), 'rec.onnx': openReference(graphs['rec.onnx']) }
  return readWith((file, image) => openOwnRun(executors[file], graphs[file], imageInput(image)), read)
}

/** Elements of a tensor that are tried for a lie. */
const MOST_TRIED = 400

/** Who reads the second piece with one bit of one number inside the recogniser turned: all else follows from that, and the text is another. */
export async function tinyLiar(tiny: TinyPage): Promise<PageReader> {
  const truth = await tinyTruth(tiny)
  const right = tensorsDigest(truth.trace.response)
  for (let element = 0; element < MOST_TRIED; element++) {
    const lie = { entry: 2, element, change: (x: bigint) => x ^ 1n }
    const runOf: RunGraphOf = async (file, image, place) =>
      place === 2 ? lyingRun(tiny.graphs[file], imageInput(image), lie) : truth.runOf(file, image, place)
    const liar = await readWith(runOf, tiny)
    if (tensorsDigest(liar.trace.response) !== right) return liar
  }
  throw new Error('no lie changes the text')
}
