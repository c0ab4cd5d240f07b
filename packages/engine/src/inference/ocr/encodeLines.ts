import { type Tensor, tensorOf } from '@stoa/protocol'
import { encodeTexts } from './encodeTexts.ts'
import { cornersOf } from './geometry/rectangle.ts'
import type { Line } from './layout/orderLines.ts'

/** The "ocr" response for lines in reading order (specs/tasks.md). */
export function encodeLines(lines: readonly Line[]): Tensor[] {
  const boxes = Int32Array.from(
    lines.flatMap(({ rectangle }) => cornersOf(rectangle).flatMap(({ x, y }) => [x, y])),
    Math.round,
  )
  return [
    ...encodeTexts(lines.map(({ text }) => text)),
    tensorOf('boxes', 'i32', [lines.length, 4, 2], boxes),
    tensorOf(
      'scores',
      'f32',
      [lines.length],
      Float32Array.from(lines, ({ score }) => score),
    ),
  ]
}
