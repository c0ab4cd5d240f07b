import { type Tensor, tensorOf } from '@stoa/protocol'
import { cornersOf } from './geometry/rectangle.ts'
import type { Line } from './layout/orderLines.ts'

/** The "ocr" response for lines in reading order (specs/tasks.md). */
export function encodeLines(lines: readonly Line[]): Tensor[] {
  const encoder = new TextEncoder()
  const texts = lines.map(({ text }, i) => encoder.encode(i + 1 < lines.length ? `${text}\n` : text))
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0))
  const starts = new Uint32Array(lines.length + 1)
  texts.forEach((text, i) => {
    const at = starts[i] ?? 0
    bytes.set(text, at)
    starts[i + 1] = at + text.length
  })
  const boxes = Int32Array.from(
    lines.flatMap(({ rectangle }) => cornersOf(rectangle).flatMap(({ x, y }) => [x, y])),
    Math.round,
  )
  return [
    tensorOf('text', 'u8', [bytes.length], bytes),
    tensorOf('lines', 'u32', [starts.length], starts),
    tensorOf('boxes', 'i32', [lines.length, 4, 2], boxes),
    tensorOf(
      'scores',
      'f32',
      [lines.length],
      Float32Array.from(lines, ({ score }) => score),
    ),
  ]
}
