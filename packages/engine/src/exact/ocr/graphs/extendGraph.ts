import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from '../../../onnx/model.ts'

/** A node of an ending: its inputs are named by other nodes of it, by its constants, or `scores`, the graph's output before. */
export type EndingNode = {
  readonly op: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
}

export type Ending = {
  readonly constants: Readonly<Record<string, OnnxTensor>>
  readonly nodes: readonly EndingNode[]
  readonly outputs: readonly OnnxValue[]
}

/** Calls the only input of a graph `image`, and puts an ending behind its only output. Throws `TypeError` where there are more. */
export function extendGraph(model: OnnxModel, { constants, nodes, outputs }: Ending): OnnxModel {
  const [input, ...otherInputs] = model.inputs
  const [scores, ...otherOutputs] = model.outputs
  if (!input || !scores || otherInputs.length + otherOutputs.length > 0)
    throw new TypeError('the graph does not have exactly one input and one output')
  const before = { [input.name]: 'image' }
  const after = { scores: scores.name }
  return {
    ...model,
    inputs: [{ ...input, name: 'image' }],
    outputs,
    initializers: new Map([...model.initializers, ...Object.entries(constants)]),
    nodes: [...model.nodes.map((node) => renamed(node, before)), ...nodes.map((node) => renamed(nodeOf(node), after))],
  }
}

function nodeOf({ op, inputs, output, attributes = {} }: EndingNode): OnnxNode {
  return { name: output, op, domain: '', inputs, outputs: [output], attributes: new Map(Object.entries(attributes)) }
}

function renamed(node: OnnxNode, names: Readonly<Record<string, string>>): OnnxNode {
  return { ...node, inputs: node.inputs.map((name) => names[name] ?? name) }
}
