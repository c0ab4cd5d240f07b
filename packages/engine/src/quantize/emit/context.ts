import { UnsupportedOpError } from '../errors.ts'
import type { Uses } from '../float/simplify/uses.ts'
import type { Step } from '../float/step.ts'
import type { PlannedGrid } from '../plan/planGrids.ts'
import type { Emitter } from './emitter.ts'
import type { Held } from './held.ts'
import { plain } from './held.ts'
import type { Grid, Quantized } from './quantized.ts'

/** What lowering one step may look at. */
export type Context = {
  readonly emitter: Emitter
  readonly plan: ReadonlyMap<string, PlannedGrid>
  /** Scale that a tensor shares with those that it is added to or joined with. */
  readonly shared: ReadonlyMap<string, number>
  readonly uses: Uses
  /** Tensors of real numbers that were lowered, by their names in the float graph. */
  readonly held: Map<string, Held>
  /** Tensors of integers, by theirs. */
  readonly integers: Map<string, string>
}

/** How a step turns into nodes of the exact graph. */
export type Lowering<S extends Step = Step> = (step: S, context: Context) => Held

export function heldAt(context: Context, name: string, step: Step): Held {
  const held = context.held.get(name)
  if (!held) throw unsupported(step, `"${name}" is not made of real numbers that follow from the inputs`)
  return held
}

/** An operand that must have one scale for all channels and no shift. */
export function plainAt(context: Context, name: string, step: Step): Quantized {
  const found = plain(heldAt(context, name, step))
  if (!found) throw unsupported(step, `"${name}" has a scale for each channel, or a shift`)
  return found
}

/** The grid planned for a step's result, where there is one scale for all. */
export function gridAt(context: Context, step: Step): Grid {
  const { scales, lo, hi } = plannedAt(context, step)
  if (scales.length !== 1) throw unsupported(step, 'its channels have scales of their own')
  return { scale: scales[0] as number, lo, hi }
}

export function plannedAt(context: Context, step: Step): PlannedGrid {
  const grid = context.plan.get(step.name)
  if (!grid) throw unsupported(step, 'its range is not known')
  return grid
}

export function unsupported(step: Step, why: string): UnsupportedOpError {
  return new UnsupportedOpError({ node: step.node.name, op: step.node.op, why })
}
