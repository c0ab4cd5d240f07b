import type { FloatGraph, HardSwishStep, Step } from '../step.ts'
import { type Uses, usesOf } from './uses.ts'

/** Finds x · min(max(x + 3, 0), 6), with any numbers, and makes one step of it. Factors may stand in either order. */
export function recogniseHardSwish(graph: FloatGraph): FloatGraph {
  const uses = usesOf(graph)
  const steps = graph.steps.map((step): Step => {
    if (step.op !== 'mul') return step
    const work = match(step.a, step.b, uses) ?? match(step.b, step.a, uses)
    return work ? { name: step.name, node: step.node, ...work } : step
  })
  return { ...graph, steps }
}

function match(x: string, gate: string, uses: Uses): HardSwishStep | undefined {
  const clip = uses.maker(gate)
  if (clip?.op !== 'clip' || clip.bounds.lo !== 0 || !Number.isFinite(clip.bounds.hi)) return undefined
  const shifted = uses.maker(clip.x)
  if (shifted?.op !== 'affine' || shifted.x !== x || shifted.factor.length !== 1 || shifted.shift.length !== 1)
    return undefined
  const [alpha = 0, beta = 0, most] = [shifted.factor[0], shifted.shift[0], clip.bounds.hi]
  if (!(alpha > 0)) return undefined
  return { op: 'hardSwish', x, alpha: alpha / most, beta: beta / most, factor: most, shift: 0 }
}
