import type { ExactType } from '../../exact/value.ts'

/**
 * A carried tensor of an exact graph, and the real numbers that it stands for: the integer n means n · scale. There is no zero point.
 */
export type Quantized = {
  readonly name: string
  /** Real value of one step; any positive double, for weights absorb it. */
  readonly scale: number
  /** Bounds of the integers, both included. */
  readonly lo: number
  readonly hi: number
  /** Type in which the graph holds the integers. */
  readonly type: ExactType
}

/** How a result is to be held: integers lo..hi, one step worth `scale`. */
export type Grid = Pick<Quantized, 'scale' | 'lo' | 'hi'>

/** Largest magnitude of the integers. */
export const magnitude = ({ lo, hi }: Pick<Quantized, 'lo' | 'hi'>): number => Math.max(Math.abs(lo), Math.abs(hi))

/** The nearest integer, the even one of two: what `Round` of ONNX does, exact for doubles. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x)
  const rest = x - below
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1
  return below % 2 === 0 ? below : below + 1
}

/** The integer of a grid that is nearest to a real number. */
export function toGrid(real: number, { scale, lo, hi }: Grid): number {
  return Math.min(hi, Math.max(lo, roundHalfEven(real / scale)))
}
