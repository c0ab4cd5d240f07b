import type { Image } from '../../inference/ocr/image/image.ts'
import type { Box } from './image/box.ts'
import { frameFor } from './image/frameFor.ts'
import { resample } from './image/resample.ts'
import { type Line, orderPieces } from './layout/orderPieces.ts'
import type { OcrNetworks } from './networks.ts'
import type { Area } from './pieces/area.ts'
import { boxOf } from './pieces/boxOf.ts'
import { type OddsMap, scanPieces } from './pieces/scanPieces.ts'
import { decodeSteps } from './reading/decodeSteps.ts'
import type { Steps } from './reading/spellSteps.ts'
import { stripFor } from './reading/stripFor.ts'

/** A piece of text on a page: where it is, what the recogniser said, what that spells ('' for texture). */
export type Piece = { readonly area: Area; readonly box: Box; readonly steps: Steps; readonly text: string }

/** All that reading a page brought to light, in the order of the steps. */
export type PageReading = {
  readonly odds: OddsMap
  readonly pieces: readonly Piece[]
  readonly lines: readonly Line<Piece>[]
}

/**
 * Finds and reads the text on a page (specs/exact-ocr.md). The signal is looked at before each run of a network. Strips are read one after the
 * other: ONNX Runtime's binding for Node answers no two runs at once, and has all cores for each.
 */
export async function readPage(networks: OcrNetworks, page: Image, signal?: AbortSignal): Promise<PageReading> {
  signal?.throwIfAborted()
  const frame = frameFor(page)
  const odds = await networks.detect(resample(page, frame))
  const pieces: Piece[] = []
  for (const area of scanPieces(odds)) {
    signal?.throwIfAborted()
    const box = boxOf(area, frame)
    const steps = await networks.read(resample(page, stripFor(box)))
    pieces.push({ area, box, steps, text: decodeSteps(steps, networks.alphabet) })
  }
  return { odds, pieces, lines: orderPieces(pieces.filter(({ text }) => text !== '')) }
}
