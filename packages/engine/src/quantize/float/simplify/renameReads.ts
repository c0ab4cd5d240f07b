import type { Step } from '../step.ts'

/** The same step, reading tensors under their new names. */
export function renameReads(step: Step, names: ReadonlyMap<string, string>): Step {
  const now = (name: string) => names.get(name) ?? name
  switch (step.op) {
    case 'product':
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return { ...step, a: now(step.a), b: now(step.b) }
    case 'concat':
      return { ...step, xs: step.xs.map(now) }
    case 'integers':
      return { ...step, made: { ...step.made, inputs: step.made.inputs.map(now) } }
    case 'move':
      return { ...step, x: now(step.x), moved: { ...step.moved, inputs: step.moved.inputs.map(now) } }
    default:
      return { ...step, x: now(step.x) }
  }
}
