import { type Box, heightOf, widthOf } from '../image/box.ts'
import type { Window } from '../image/resample.ts'

/** The recogniser reads strips of this height; its answer has a step for every 8 pixels of their width. */
const HEIGHT = 48
const STEP = 8

/** Bounds of a strip's steps: fewer have no room for a character between two blanks, more cost too much memory. */
const MIN_STEPS = 4
const MAX_STEPS = 384

/**
 * The strip of a box: 48 pixels high, of the box's shape as nearly as a number of steps with four binary digits allows, halves upwards. So
 * strips have 49 widths in all, and what an executor prepares for a width is soon ready for every strip.
 */
export function stripFor(box: Box): Window {
  // In the box's own shape there would be across / down steps.
  const [across, down] = [HEIGHT * widthOf(box), STEP * heightOf(box)]
  let unit = 1
  while (2 * across >= 31 * unit * down) unit *= 2
  const steps = unit * Math.floor((2 * across + unit * down) / (2 * unit * down))
  return { box, width: STEP * Math.min(MAX_STEPS, Math.max(MIN_STEPS, steps)), height: HEIGHT }
}
