import { type Tensor, tensorOf } from '@stoa/protocol'
import type { Area } from './area.ts'
import type { ScanState } from './scanRow.ts'

/** The state of a scan as a trace commits to it (specs/exact-ocr.md, "Scan"); `pieces` have been found by then. */
export function stateTensor({ runs, areas }: ScanState, pieces: number): Tensor {
  const numbers = [
    ...[pieces, runs.length, areas.length],
    ...runs.flatMap(({ start, end, area }) => [start, end, area]),
    ...areas.flatMap(areaNumbers),
  ]
  return tensorOf('state', 'i32', [numbers.length], Int32Array.from(numbers))
}

/** An area in the order of its numbers in tensors. */
export const areaNumbers = ({ left, top, right, bottom, pixels, sum }: Area): number[] => [
  left,
  top,
  right,
  bottom,
  pixels,
  sum,
]
