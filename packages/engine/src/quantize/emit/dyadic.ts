import { powerOfTwo } from '../lower/functions.ts'
import { roundHalfEven } from './quantized.ts'

/** A float32 counts every integer up to here. */
const LIMIT = 2 ** 24

/** Most binary places at which numbers up to `largest` count less than 2^24 units; at most `most`. */
export function placesFor(largest: number, most: number): number {
  let places = 0
  while (places < most && largest * powerOfTwo(places + 1) <= LIMIT) places++
  return places
}

/** The multiple of 2^-places that is nearest to a real number. */
export const toPlaces = (real: number, places: number): number =>
  roundHalfEven(real * powerOfTwo(places)) * powerOfTwo(-places)
