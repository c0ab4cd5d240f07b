import { type Tensor, tensorOf } from '@stoa/protocol'
import { encodeTexts } from '../../inference/ocr/encodeTexts.ts'
import type { Line } from './layout/orderPieces.ts'

/** The "ocr" response of an exact model for lines in reading order (specs/exact-ocr.md, "Lines"). */
export function encodeAnswer(lines: readonly Line[]): Tensor[] {
  const corners = lines.flatMap(({ box: { left, top, right, bottom } }) => [
    ...[left, top],
    ...[right, top],
    ...[right, bottom],
    ...[left, bottom],
  ])
  return [
    ...encodeTexts(lines.map(({ text }) => text)),
    tensorOf('boxes', 'i32', [lines.length, 4, 2], Int32Array.from(corners)),
  ]
}
