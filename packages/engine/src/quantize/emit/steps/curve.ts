import type { Step, Work } from '../../float/step.ts'
import { table } from '../../lower/table.ts'
import { gridAt, type Lowering, plainAt } from '../context.ts'
import { heldAs } from '../held.ts'

/** Any function of one number: a table. */
export const lowerFunction: Lowering<Step & Extract<Work, { op: 'function' }>> = (step, context) => {
  const x = plainAt(context, step.x, step)
  return heldAs(table({ emitter: context.emitter, x, fn: step.fn, grid: gridAt(context, step), hint: step.name }))
}
