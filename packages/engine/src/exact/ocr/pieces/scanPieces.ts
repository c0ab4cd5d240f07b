import type { Area } from './area.ts'
import { isPiece, MAX_PIECES } from './rules.ts'
import { SCAN_START, type ScanState, scanRow } from './scanRow.ts'

/** The detector's map: sixteenths of a natural logarithm of the odds that a pixel is text, row-major. */
export type OddsMap = { readonly width: number; readonly height: number; readonly data: Int8Array }

/**
 * The pieces of text in a map, in the order in which they end: from top to bottom, in one row by their leftmost pixel there. `watch` is
 * shown the state after each row, and how many pieces were found by then.
 */
export function scanPieces(
  { width, height, data }: OddsMap,
  watch?: (state: ScanState, pieces: number) => void,
): Area[] {
  const pieces: Area[] = []
  let state = SCAN_START
  // The row after the last has no text, so that everything ends.
  for (let y = 0; y <= height; y++) {
    const step = scanRow(state, data.subarray(y * width, Math.min((y + 1) * width, data.length)), y)
    for (const area of step.ended) if (isPiece(area) && pieces.length < MAX_PIECES) pieces.push(area)
    state = step.state
    watch?.(state, pieces.length)
  }
  return pieces
}
