import type { FloatGraph, RealFunction, Step } from '../step.ts'
import { type Uses, usesOf } from './uses.ts'

/** What a tensor is of the one tensor that it depends on, element by element. */
type Expression = {
  readonly root: string
  readonly fn: RealFunction
  readonly what: string
  /** Whether there is more to it than factors, shifts and bounds, so that a table is worth its while. */
  readonly curved: boolean
}

/** Makes one function of all that happens to a tensor by itself: x · sigmoid(x), a GELU spelled out, and the like. */
export function gatherFunctions(graph: FloatGraph): FloatGraph {
  const expressions = new Map<string, Expression>()
  for (const step of graph.steps) {
    const expression = expressionOf(
      step,
      (name) => expressions.get(name) ?? { root: name, fn: (x) => x, what: 'x', curved: false },
    )
    if (expression) expressions.set(step.name, expression)
  }
  const uses = usesOf(graph)
  const steps = graph.steps.map((step): Step => {
    const expression = expressions.get(step.name)
    if (!expression?.curved || !isBoundary(step.name, expression, uses, expressions)) return step
    const { root, fn, what } = expression
    return { name: step.name, node: step.node, op: 'function', x: root, fn, what }
  })
  return { ...graph, steps }
}

function expressionOf(step: Step, of: (name: string) => Expression): Expression | undefined {
  switch (step.op) {
    case 'affine': {
      const [factor = 1, shift = 0] = [step.factor[0], step.shift[0]]
      if (step.factor.length !== 1 || step.shift.length !== 1) return undefined
      return composed(of(step.x), (v) => v * factor + shift, '·', false)
    }
    case 'clip': {
      const { lo, hi } = step.bounds
      return composed(of(step.x), (v) => Math.min(Math.max(v, lo), hi), 'clip', false)
    }
    case 'function':
      return composed(of(step.x), step.fn, step.what, true)
    case 'add':
    case 'sub':
    case 'mul':
    case 'div': {
      const [a, b, { op }] = [of(step.a), of(step.b), step]
      if (a.root !== b.root) return undefined
      const fn: RealFunction = (x) => ARITHMETIC[op](a.fn(x), b.fn(x))
      return { root: a.root, fn, what: `${op}(${a.what}, ${b.what})`, curved: true }
    }
    default:
      return undefined
  }
}

const ARITHMETIC = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
}

const composed = (inner: Expression, fn: RealFunction, what: string, curved: boolean): Expression => ({
  root: inner.root,
  fn: (x) => fn(inner.fn(x)),
  what: `${what}(${inner.what})`,
  curved: curved || inner.curved,
})

/** Whether something beyond this expression's own tensor needs its value. */
function isBoundary(
  name: string,
  { root }: Expression,
  uses: Uses,
  expressions: ReadonlyMap<string, Expression>,
): boolean {
  const readers = uses.readers(name)
  return readers.length === 0 || readers.some((reader) => expressions.get(reader.name)?.root !== root)
}
