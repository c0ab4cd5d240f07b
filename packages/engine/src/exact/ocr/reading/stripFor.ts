import { type Box, heightOf, widthOf } from '../image/box.ts'
import type { Window } from '../image/resample.ts'

/** The recogniser reads strips of this height; its answer has a step for every 8 pixels of their width. */
const HEIGHT = 48
const STEP = 8

/** Bounds of a strip's width: narrower ones have no room for a character between two blanks, wider ones cost too much memory. */
const MIN_WIDTH = 32
const MAX_WIDTH = 3200

/** The strip of a box: of the box's shape as nearly as a whole number of steps allows, halves upwards. */
export function stripFor(box: Box): Window {
  const [width, height] = [widthOf(box), heightOf(box)]
  const steps = Math.floor((2 * HEIGHT * width + STEP * height) / (2 * STEP * height))
  return { box, width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, steps * STEP)), height: HEIGHT }
}
