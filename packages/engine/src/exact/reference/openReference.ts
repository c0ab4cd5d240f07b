import type { OnnxNode } from '../../onnx/model.ts'
import { bindInputs } from '../bindInputs.ts'
import type { Executor } from '../executor.ts'
import type { BoundGraph } from '../profile/boundGraph.ts'
import type { ExactGraph } from '../profile/exactGraph.ts'
import { type Facts, isCarried } from '../profile/facts.ts'
import type { Value } from '../value.ts'
import { checkFacts } from './checkFacts.ts'
import { evaluate } from './evaluate.ts'

/**
 * Opens an exact graph in the interpreter that follows specs/exact-inference.md literally. It computes over the real numbers and checks
 * every element against what the loader proved, so that it throws `EvaluationError` rather than give an answer that is not exact. Slow: it
 * is what the others are compared with. Holds nothing but the graph.
 */
export function openReference(graph: ExactGraph): Executor {
  const bind = bindInputs(graph)
  return {
    kind: 'reference',
    async run(inputs, { watch, names } = {}) {
      const bound = bind(inputs)
      const shows = (name: string) => (names ? names.has(name) : isCarried(factsOf(bound, name)))
      const values = new Map<string, Value>([...bound.constants, ...inputs])
      const last = lastReaders(bound)
      for (const node of bound.nodes) {
        const made = evaluate(
          node,
          node.inputs.map((name) => values.get(name)),
        )
        for (const [i, name] of node.outputs.entries()) {
          const value = made[i]
          if (value === undefined || name === '') continue
          checkFacts(node, value, factsOf(bound, name))
          values.set(name, value)
          if (watch && shows(name)) watch(name, value)
        }
        for (const name of last.get(node) ?? []) values.delete(name)
      }
      return new Map(bound.outputs.map((name) => [name, valueAt(values, name)]))
    },
    async close() {},
  }
}

/** The tensors that nothing reads after a node, so that they need not be kept. */
function lastReaders({ nodes, outputs, constants }: BoundGraph): ReadonlyMap<OnnxNode, readonly string[]> {
  const kept = new Set([...outputs, ...constants.keys()])
  const last = new Map<string, OnnxNode>()
  for (const node of nodes) for (const name of [...node.inputs, ...node.outputs]) last.set(name, node)
  const done = new Map<OnnxNode, string[]>()
  for (const [name, node] of last) if (!kept.has(name)) done.set(node, [...(done.get(node) ?? []), name])
  return done
}

function factsOf({ facts }: BoundGraph, name: string): Facts {
  const found = facts.get(name)
  if (found === undefined) throw new TypeError(`nothing was proved of the tensor "${name}"`)
  return found
}

function valueAt(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name)
  if (value === undefined) throw new TypeError(`nothing made the tensor "${name}"`)
  return value
}
