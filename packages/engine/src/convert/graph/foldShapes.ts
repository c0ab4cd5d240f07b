import type { Dim, Fact } from './facts.ts'
import { inferFacts } from './inferFacts.ts'
import { sortTopologically } from './sortTopologically.ts'
import { type Constant, type TfGraph, type TfNode, ZERO_COPIES } from './tfGraph.ts'

/**
 * Replaces shape arithmetic by constants wherever it gives the same for every request, and the target shape of a Reshape
 * by ONNX's form of it (0: as in the input, -1: whatever is left) where that says the same. A transformer exported from
 * TensorFlow spends most of its nodes on this; each costs microseconds in every run.
 */
export function foldShapes(graph: TfGraph): TfGraph {
  const facts = inferFacts(graph)
  const constants = new Map(graph.constants)
  const nodes = graph.nodes.flatMap((node): TfNode[] => {
    const { dims, value } = facts.get(node.name) ?? {}
    if (dims && value?.every((dim) => typeof dim === 'number') && dims.every((dim) => typeof dim === 'number')) {
      constants.set(node.name, intConstant(dims, value))
      return []
    }
    return [
      node.op === 'Reshape'
        ? withConstantTarget(node, facts.get(node.inputs[0] ?? ''), facts.get(node.inputs[1] ?? ''), constants)
        : node,
    ]
  })
  const folded = { ...graph, nodes, constants }
  return { ...folded, nodes: sortTopologically(folded) }
}

function withConstantTarget(
  node: TfNode,
  input: Fact | undefined,
  target: Fact | undefined,
  constants: Map<string, Constant>,
): TfNode {
  const shape = target?.value && input?.dims ? reshapeTarget(input.dims, target.value) : undefined
  if (!shape || !node.inputs[0]) return node
  const name = `${node.name}/folded_shape`
  constants.set(name, intConstant([shape.length], shape))
  return { ...node, inputs: [node.inputs[0], name], attributes: { [ZERO_COPIES]: true } }
}

/** Target of an ONNX Reshape (`allowzero` off) equal to `target` for every request, or undefined when there is none. */
export function reshapeTarget(input: readonly Dim[], target: readonly Dim[]): number[] | undefined {
  const shape = target.map((dim, axis) => (typeof dim === 'number' ? dim : dim === input[axis] ? 0 : -1))
  // A length of zero can't be written: 0 means "as in the input" there.
  if (target.includes(0) || shape.filter((dim) => dim === -1).length > 1) return undefined
  return shape
}

function intConstant(dims: readonly number[], values: readonly number[]): Constant {
  return { kind: 'int', dims, data: Int32Array.from(values) }
}
