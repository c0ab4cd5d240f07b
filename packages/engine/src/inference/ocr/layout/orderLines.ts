import { boundAlong, cornersOf, type Point, type Rectangle } from '../geometry/rectangle.ts'

/** A piece of text where it stands. */
export type Line = { readonly rectangle: Rectangle; readonly text: string; readonly score: number }

/** Pieces whose heights overlap by this share of the smaller one stand in one row. */
const ROW_OVERLAP = 0.5

/**
 * Reading order: rows from the top of the page to its bottom, seen in the direction in which its text reads; pieces of one row from
 * left to right, joined by spaces into one line. A joined line's rectangle covers its pieces; its score is their mean, weighted by
 * length.
 */
export function orderLines(pieces: readonly Line[]): Line[] {
  const along = readingDirection(pieces)
  const placed = pieces.map((piece) => ({ piece, bound: boundAlong(cornersOf(piece.rectangle), along) }))
  const vertical = ({ center }: Rectangle) => center.y * along.x - center.x * along.y
  const horizontal = ({ center }: Rectangle) => center.x * along.x + center.y * along.y
  const rows: (typeof placed)[] = []
  for (const next of placed.sort((a, b) => vertical(a.bound) - vertical(b.bound))) {
    const row = rows.find((members) => members.some(({ bound }) => overlap(bound, next.bound, vertical) >= ROW_OVERLAP))
    if (row) row.push(next)
    else rows.push([next])
  }
  return rows.map((row) => {
    row.sort((a, b) => horizontal(a.bound) - horizontal(b.bound))
    return join(
      row.map(({ piece }) => piece),
      along,
    )
  })
}

/** Mean direction of the pieces, longer ones counting more. */
function readingDirection(pieces: readonly Line[]): Point {
  let [x, y] = [0, 0]
  for (const { rectangle } of pieces) {
    x += rectangle.along.x * rectangle.width
    y += rectangle.along.y * rectangle.width
  }
  const length = Math.sqrt(x * x + y * y)
  return length > 0 ? { x: x / length, y: y / length } : { x: 1, y: 0 }
}

function overlap(a: Rectangle, b: Rectangle, vertical: (rectangle: Rectangle) => number): number {
  const [centerA, centerB] = [vertical(a), vertical(b)]
  const top = Math.max(centerA - a.height / 2, centerB - b.height / 2)
  const bottom = Math.min(centerA + a.height / 2, centerB + b.height / 2)
  return (bottom - top) / Math.min(a.height, b.height)
}

function join(pieces: readonly Line[], along: Point): Line {
  const [only] = pieces
  if (pieces.length === 1 && only) return only
  const length = pieces.reduce((sum, { text }) => sum + text.length, 0)
  return {
    rectangle: boundAlong(
      pieces.flatMap(({ rectangle }) => cornersOf(rectangle)),
      along,
    ),
    text: pieces.map(({ text }) => text).join(' '),
    score: pieces.reduce((sum, { text, score }) => sum + score * text.length, 0) / length,
  }
}
