import { type Box, heightOf } from '../image/box.ts'

/** Text where it stands. */
export type PlacedText = { readonly box: Box; readonly text: string }

/** A line of text with the pieces that it is made of, from left to right. */
export type Line<P extends PlacedText = PlacedText> = PlacedText & { readonly pieces: readonly P[] }

/**
 * Reading order (specs/exact-ocr.md, "Lines"): rows from the top of the page to its bottom; the pieces of a row from left to right, joined
 * by spaces into one line, whose box covers theirs.
 */
export function orderPieces<P extends PlacedText>(pieces: readonly P[]): Line<P>[] {
  const rows: P[][] = []
  for (const piece of pieces.toSorted(byPlace(({ top, bottom }) => top + bottom))) {
    const row = rows.find((members) => members.some((member) => shareRow(member.box, piece.box)))
    if (row) row.push(piece)
    else rows.push([piece])
  }
  return rows.map((row) => join(row.sort(byPlace(({ left, right }) => left + right))))
}

/** Sorting is stable: equal ones keep their order. */
function byPlace(place: (box: Box) => number): (a: PlacedText, b: PlacedText) => number {
  return (a, b) => place(a.box) - place(b.box)
}

/** Whether the heights overlap by half of the smaller one. */
function shareRow(a: Box, b: Box): boolean {
  const overlap = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  return 2 * overlap >= Math.min(heightOf(a), heightOf(b))
}

function join<P extends PlacedText>(row: readonly P[]): Line<P> {
  const boxes = row.map(({ box }) => box)
  return {
    pieces: row,
    text: row.map(({ text }) => text).join(' '),
    box: {
      left: Math.min(...boxes.map(({ left }) => left)),
      top: Math.min(...boxes.map(({ top }) => top)),
      right: Math.max(...boxes.map(({ right }) => right)),
      bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
    },
  }
}
