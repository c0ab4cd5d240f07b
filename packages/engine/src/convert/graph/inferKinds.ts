import type { Kind, TfGraph, TfNode } from './tfGraph.ts'

/** Operations whose result has another element type than their first input; `input` where it is that of a later one. */
const RESULTS: Readonly<Record<string, Kind | { input: number }>> = {
  Shape: 'int',
  Where: 'int',
  Less: 'bool',
  Greater: 'bool',
  LogicalNot: 'bool',
  ScatterNd: { input: 1 },
  SparseToDense: { input: 2 },
}

/** Element type of every node's outputs, of the inputs and of the constants. */
export function inferKinds(graph: TfGraph): ReadonlyMap<string, Kind> {
  const kinds = new Map<string, Kind>(graph.inputs.map(({ name, kind }) => [name, kind]))
  for (const [name, { kind }] of graph.constants) kinds.set(name, kind)
  for (const node of graph.nodes) {
    const kind = kindOf(node, kinds)
    kinds.set(node.name, kind)
    if (node.op === 'SplitV')
      for (const part of graph.constants.get(node.inputs[1] ?? '')?.data.keys() ?? [])
        kinds.set(`${node.name}:${part}`, kind)
  }
  return kinds
}

function kindOf(node: TfNode, kinds: ReadonlyMap<string, Kind>): Kind {
  const rule = RESULTS[node.op]
  if (typeof rule === 'string') return rule
  const target = node.op === 'Cast' ? node.attributes.DstT : undefined
  if (target === 'float' || target === 'int' || target === 'bool') return target
  // Inputs come first in topological order; what is missing here is reported where the node is translated.
  return kinds.get(node.inputs[rule?.input ?? 0] ?? '') ?? 'float'
}
