import type { FloatGraph, Step } from '../step.ts'
import { type Uses, usesOf } from './uses.ts'

/** x + x · g is x · (1 + g): one pass over x less, for the 1 folds into what makes the gate g. */
export function gatherGates(graph: FloatGraph): FloatGraph {
  const uses = usesOf(graph)
  const steps = graph.steps.flatMap((step): Step[] => {
    if (step.op !== 'add') return [step]
    const gate = match(step.a, step.b, uses) ?? match(step.b, step.a, uses)
    if (!gate) return [step]
    const more = `${gate.g}/+1`
    const one = Float64Array.of(1)
    return [
      { name: more, node: step.node, op: 'affine', x: gate.g, axis: -1, factor: one, shift: one },
      { name: step.name, node: step.node, op: 'mul', a: gate.x, b: more },
    ]
  })
  return { ...graph, steps }
}

function match(x: string, product: string, uses: Uses): { x: string; g: string } | undefined {
  const mul = uses.maker(product)
  if (mul?.op !== 'mul' || !uses.isPrivate(product)) return undefined
  const g = mul.a === x ? mul.b : mul.b === x ? mul.a : undefined
  return g !== undefined && uses.isPrivate(g) ? { x, g } : undefined
}
