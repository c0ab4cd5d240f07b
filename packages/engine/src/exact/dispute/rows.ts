import type { Hex } from '@stoa/protocol'
import { RUN, STEPS } from './stage.ts'

/** Levels of which a row may hold all nodes: 128 of them. */
const ROW_LEVELS = 7
/** The same where two traces are walked, one after the other: that of steps, then that of a run among them. */
const STEPS_LEVELS = 8
const RUN_LEVELS = 9
/** Levels of a tree of leaves that are shown as data: 16 leaves. */
const DATA_LEVELS = 4

/** Levels down to the next row of the trace's tree, `depth` levels being left (specs/dispute.md, "Rows"). @param folds The game's. */
export function traceStep(depth: number, folds: Hex): number {
  const most = folds === STEPS ? STEPS_LEVELS : folds === RUN ? RUN_LEVELS : ROW_LEVELS
  return depth === 0 ? 0 : Math.ceil(depth / Math.ceil(depth / most))
}

/** The same of a tree over data; 0 where the data itself is shown. */
export function dataStep(depth: number): number {
  if (depth <= DATA_LEVELS) return 0
  const steps = Math.ceil((depth - DATA_LEVELS) / ROW_LEVELS)
  return Math.min(ROW_LEVELS, Math.ceil((depth + DATA_LEVELS) / (steps + 1)))
}
