import { findTensor, type Tensor, tensorDigest, tensorOf, textTensor } from '@stoa/protocol'
import type { Image } from '../../../inference/ocr/image/image.ts'
import { encodeAnswer } from '../encodeAnswer.ts'
import { acrossTensor } from '../image/acrossTensor.ts'
import { frameFor } from '../image/frameFor.ts'
import { resample, type Window } from '../image/resample.ts'
import { placesTensor, rowsTensor } from '../layout/placesOf.ts'
import { type OddsMap, scanPieces } from '../pieces/scanPieces.ts'
import { areaNumbers, stateTensor } from '../pieces/stateTensor.ts'
import type { Keys } from '../reading/readKeys.ts'
import { type Steps, spellSteps } from '../reading/spellSteps.ts'
import { stripFor } from '../reading/stripFor.ts'
import type { PageReading, Piece } from '../readPage.ts'
import { keysTensor } from './keysTensor.ts'
import { pageEntries, pageEntryAt } from './pageLayout.ts'

/** What a reading of a page commits to (specs/exact-ocr.md, "Trace"): tensors, each made when it is asked for. */
export type PageTrace = {
  readonly entries: number
  readonly response: readonly Tensor[]
  tensor(index: number): Tensor
}

export type OpenPageTraceParameters = {
  readonly page: Image
  readonly keys: Keys
  readonly reading: PageReading
}

/** The trace of a page that was read. Graphs' own traces are no part of it: their inputs and outputs are. */
export function openPageTrace({ page, keys, reading }: OpenPageTraceParameters): PageTrace {
  const { odds, pieces, lines } = reading
  const frame = frameFor(page)
  const response = encodeAnswer(lines)
  const numbers = new Map(pieces.map((piece, i) => [piece, i]))
  const ordered = lines.map((line) =>
    line.pieces.map((piece) => ({ number: numbers.get(piece) ?? -1, bytes: bytesOf(piece.text).length })),
  )
  const once: Record<HeadKind, () => Tensor> = {
    page: () => imageTensor(page),
    keys: () => keysTensor(keys.file),
    across: () => acrossTensor(page, frame),
    frame: () => imageTensor(resample(page, frame)),
    odds: () => tensorOf('odds', 'i8', [1, 1, odds.height, odds.width], odds.data),
    scan: () => scanTensor(odds),
    pieces: () =>
      table(
        'pieces',
        6,
        pieces.map(({ area }) => areaNumbers(area)),
      ),
    windows: () => table('windows', 5, pieces.map(windowNumbers)),
    rows: () => rowsTensor(ordered, pieces.length),
    places: () => placesTensor(ordered),
    text: () => findTensor(response, 'text'),
    lines: () => findTensor(response, 'lines'),
    boxes: () => findTensor(response, 'boxes'),
  }
  const each: Record<PieceKind, (piece: Piece) => Tensor> = {
    stripAcross: ({ box }) => acrossTensor(page, stripFor(box)),
    strip: ({ box }) => imageTensor(resample(page, stripFor(box))),
    best: ({ steps: { best } }) => tensorOf('best', 'i32', [1, best.length], best),
    leads: ({ steps: { best, leads } }) => tensorOf('leads', 'i32', [1, best.length, 2], leads),
    spelling: ({ steps }) => spellingTensor(steps, keys.alphabet),
    reading: ({ text }) => textTensor('reading', text),
  }
  return {
    entries: pageEntries(pieces.length),
    response,
    tensor(index) {
      const { kind, piece } = pageEntryAt(index, pieces.length)
      const own = piece === undefined ? undefined : pieces[piece]
      return own ? each[kind as PieceKind](own) : once[kind as HeadKind]()
    },
  }
}

type Kind = ReturnType<typeof pageEntryAt>['kind']
type PieceKind = Extract<Kind, 'stripAcross' | 'strip' | 'best' | 'leads' | 'spelling' | 'reading'>
type HeadKind = Exclude<Kind, PieceKind>

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const imageTensor = ({ width, height, data }: Image): Tensor => tensorOf('image', 'u8', [1, height, width, 3], data)

const windowNumbers = ({ box }: Piece): number[] => {
  const { width }: Window = stripFor(box)
  return [box.left, box.top, box.right, box.bottom, width]
}

function table(name: string, columns: number, rows: readonly (readonly number[])[]): Tensor {
  return tensorOf(name, 'i32', [rows.length, columns], Int32Array.from(rows.flat()))
}

/** Digests of the states after each row, and after the one without text that ends everything. */
function scanTensor(odds: OddsMap): Tensor {
  const digests: Uint8Array[] = []
  scanPieces(odds, (state, pieces) => digests.push(tensorDigest(stateTensor(state, pieces))))
  return tensorOf('scan', 'u8', [digests.length, 32], Uint8Array.from(digests.flatMap((digest) => [...digest])))
}

/** After each step: characters, bytes of the text, whether a space was passed, the last character's lead, the sum of leads. */
function spellingTensor(steps: Steps, alphabet: readonly string[]): Tensor {
  const numbers = [...spellSteps(steps, alphabet)].flatMap(({ characters, text, spaced, lead, sum }) => [
    ...[characters, bytesOf(text).length, Number(spaced), lead, sum],
  ])
  return tensorOf('spelling', 'i64', [steps.best.length, 5], BigInt64Array.from(numbers, BigInt))
}
