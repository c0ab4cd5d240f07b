import { sameDims } from './facts.ts'
import { inferFacts } from './inferFacts.ts'
import { sortTopologically } from './sortTopologically.ts'
import type { TfGraph, TfNode } from './tfGraph.ts'

/**
 * Takes away the reshapes around a Softmax that was flattened to rows and brought back, as older TensorFlow does: it works
 * on the last axis alone, so it is the same without them.
 */
export function unwrapSoftmax(graph: TfGraph): TfGraph {
  const facts = inferFacts(graph)
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]))
  const unwrapped = graph.nodes.map((node): TfNode => {
    const softmax = node.op === 'Reshape' ? nodes.get(node.inputs[0] ?? '') : undefined
    const flatten = softmax?.op === 'Softmax' ? nodes.get(softmax.inputs[0] ?? '') : undefined
    const [input] = flatten?.op === 'Reshape' ? flatten.inputs : []
    if (!softmax || !flatten || input === undefined) return node
    const dims = facts.get(input)?.dims
    const sameRows = dims !== undefined && dims.at(-1) === facts.get(flatten.name)?.dims?.at(-1)
    return sameRows && sameDims(facts.get(node.name)?.dims, dims)
      ? { ...softmax, name: node.name, inputs: [input] }
      : node
  })
  const result = { ...graph, nodes: unwrapped }
  return { ...result, nodes: sortTopologically(result) }
}
