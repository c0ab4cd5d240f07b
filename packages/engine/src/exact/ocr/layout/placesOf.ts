import { type Tensor, tensorOf } from '@stoa/protocol'

/** A piece of text as reading order has it: its number among all pieces, and how many bytes its text has. */
export type OrderedPiece = { readonly number: number; readonly bytes: number }

/** The line of each piece, −1 for one without text (specs/exact-ocr.md, "Trace"). */
export function rowsTensor(lines: readonly (readonly OrderedPiece[])[], pieces: number): Tensor {
  const rows = new Int32Array(pieces).fill(-1)
  for (const [row, members] of lines.entries()) for (const { number } of members) rows[number] = row
  return tensorOf('rows', 'i32', [pieces], rows)
}

/** The pieces with text in reading order, and where in the response's text each begins: one byte stands between two. */
export function placesTensor(lines: readonly (readonly OrderedPiece[])[]): Tensor {
  const pieces = lines.flat()
  const places = new Int32Array(2 * pieces.length)
  let start = 0
  for (const [k, { number, bytes }] of pieces.entries()) {
    places[2 * k] = number
    places[2 * k + 1] = start
    start += bytes + 1
  }
  return tensorOf('places', 'i32', [pieces.length, 2], places)
}
