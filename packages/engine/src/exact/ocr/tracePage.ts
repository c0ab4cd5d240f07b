import { type Hex, hexToBytes, type Tensor, tensorDigest, tensorOf, textTensor, traceRoot } from '@stoa/protocol'
import type { Image } from '../../inference/ocr/image/image.ts'
import type { Value } from '../value.ts'
import { encodeAnswer } from './encodeAnswer.ts'
import { exactNetworks } from './exactNetworks.ts'
import { frameFor } from './image/frameFor.ts'
import { resample } from './image/resample.ts'
import { type OddsMap, scanPieces } from './pieces/scanPieces.ts'
import { areaNumbers, stateTensor } from './pieces/stateTensor.ts'
import { stripFor } from './reading/stripFor.ts'
import { type PageReading, readPage } from './readPage.ts'

/** Runs one of the two graphs and computes the trace of the run. */
export type TraceGraph = (
  inputs: ReadonlyMap<string, Value>,
) => Promise<{ readonly root: Hex; readonly outputs: ReadonlyMap<string, Value> }>

export type TracePageParameters = {
  readonly detector: TraceGraph
  readonly recogniser: TraceGraph
  readonly alphabet: readonly string[]
}

/** A part of an answer's trace: the digest of a tensor of that name, or the root of a graph's own trace. */
export type OcrTraceEntry = { readonly name: string; readonly digest: Uint8Array }

export type OcrTrace = {
  /** What the run commits to. */
  readonly root: Hex
  readonly entries: readonly OcrTraceEntry[]
  readonly response: readonly Tensor[]
}

/** Reads a page and commits to every step of it (specs/exact-ocr.md, "Trace"). */
export async function tracePage(
  { detector, recogniser, alphabet }: TracePageParameters,
  page: Image,
  signal?: AbortSignal,
): Promise<OcrTrace> {
  const roots: Hex[] = []
  const recording = (trace: TraceGraph) => async (inputs: ReadonlyMap<string, Value>) => {
    const { root, outputs } = await trace(inputs)
    roots.push(root)
    return outputs
  }
  const networks = exactNetworks({ detector: recording(detector), recogniser: recording(recogniser), alphabet })
  // Strips are read one after the other, so that roots come in the order of the pieces.
  const reading = await readPage(networks, page, signal)
  const response = encodeAnswer(reading.lines)
  const entries = entriesOf(page, reading, roots, response)
  return { root: traceRoot(entries.map(({ digest }) => digest)), entries, response }
}

function entriesOf(page: Image, reading: PageReading, roots: readonly Hex[], response: readonly Tensor[]) {
  const { odds, pieces, lines } = reading
  const [detectorRoot = '0x', ...recogniserRoots] = roots
  const windows = pieces.map(({ box }) => stripFor(box))
  const lineOf = new Map(lines.flatMap((line, i) => line.pieces.map((piece) => [piece, i])))
  const windowNumbers = windows.map(({ box: { left, top, right, bottom }, width }) => [left, top, right, bottom, width])
  return [
    ofTensor(imageTensor('frame', resample(page, frameFor(page)))),
    { name: 'det.onnx', digest: hexToBytes(detectorRoot) },
    ofTensor(tensorOf('odds', 'i8', [odds.height, odds.width], odds.data)),
    ofTensor(scanTensor(odds)),
    ofTensor(
      integers(
        'pieces',
        pieces.map(({ area }) => areaNumbers(area)),
        6,
      ),
    ),
    ofTensor(integers('windows', windowNumbers, 5)),
    ...pieces.flatMap(({ steps: { best, leads }, text }, i) => [
      ...windows.slice(i, i + 1).map((window) => ofTensor(imageTensor('strip', resample(page, window)))),
      { name: 'rec.onnx', digest: hexToBytes(recogniserRoots[i] ?? '0x') },
      ofTensor(tensorOf('best', 'i32', [best.length], best)),
      ofTensor(tensorOf('leads', 'i32', [best.length, 2], leads)),
      ofTensor(textTensor('reading', text)),
    ]),
    ofTensor(
      tensorOf(
        'rows',
        'i32',
        [pieces.length],
        Int32Array.from(pieces, (piece) => lineOf.get(piece) ?? -1),
      ),
    ),
    ...response.map(ofTensor),
  ]
}

const ofTensor = (tensor: Tensor): OcrTraceEntry => ({ name: tensor.name, digest: tensorDigest(tensor) })

const imageTensor = (name: string, { width, height, data }: Image): Tensor =>
  tensorOf(name, 'u8', [1, height, width, 3], data)

const integers = (name: string, rows: readonly (readonly number[])[], columns: number): Tensor =>
  tensorOf(name, 'i32', [rows.length, columns], Int32Array.from(rows.flat()))

/** Digests of the states after each row, and after the one without text that ends everything. */
function scanTensor(odds: OddsMap): Tensor {
  const digests: Uint8Array[] = []
  scanPieces(odds, (state, pieces) => digests.push(tensorDigest(stateTensor(state, pieces))))
  return tensorOf('scan', 'u8', [digests.length, 32], Uint8Array.from(digests.flatMap((digest) => [...digest])))
}
