import { powerOfTwo } from '../../lower/functions.ts'
import { toPlaces } from '../dyadic.ts'
import type { Emitter } from '../emitter.ts'

/** Significant bits of factors: their own rounding is far below that of the result. */
const BITS = 15

/** Brings integers in doubles to float32 integers from lo to hi: times a factor with 15 bits, clipped, rounded to the nearest. */
export function rescaled(
  emitter: Emitter,
  integers: string,
  factor: number,
  { lo, hi }: { lo: number; hi: number },
  hint: string,
): string {
  const scaled = emitter.node('Mul', [integers, emitter.f64(shortened(factor))], {}, `${hint}/scaled`)
  const clipped = emitter.node('Clip', [scaled, emitter.f64(lo), emitter.f64(hi)], {}, `${hint}/clipped`)
  return emitter.cast(emitter.node('Round', [clipped], {}, `${hint}/rounded`), 'f32', hint)
}

/** The nearest number with 15 significant bits. */
function shortened(factor: number): number {
  let places = 0
  while (Math.abs(factor) * powerOfTwo(places) < 2 ** (BITS - 1) && places < 60) places++
  return toPlaces(factor, places)
}
