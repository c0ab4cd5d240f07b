import { UnsupportedOpError } from './errors.ts'
import { foldShapes } from './graph/foldShapes.ts'
import { fuseLayerNorm } from './graph/fuseLayerNorm.ts'
import { inferFacts } from './graph/inferFacts.ts'
import { inferKinds } from './graph/inferKinds.ts'
import type { Kind, TfGraph } from './graph/tfGraph.ts'
import { unwrapSoftmax } from './graph/unwrapSoftmax.ts'
import { GraphBuilder } from './onnx/graphBuilder.ts'
import { encodeOnnxModel } from './onnx/onnxModel.ts'
import { ARITHMETIC } from './onnx/translateArithmetic.ts'
import { SHAPES } from './onnx/translateShapes.ts'
import { type ParseTfjsModelParameters, parseTfjsModel } from './tfjs/parseTfjsModel.ts'

export type TfjsToOnnxParameters = ParseTfjsModelParameters

/**
 * Converts a TensorFlow.js graph model to an ONNX file with float32 weights, one that computes the same. Inputs keep their
 * names and any length that was open; integers become int64. The same model gives the same bytes, on any machine.
 *
 * Throws `InvalidTfjsModelError` for a model that does not hold together, `UnsupportedOpError` with node and op for an
 * operation without a translation.
 * @example
 * const onnx = tfjsToOnnx({ modelJson: JSON.parse(text), shards, outputs: { embedding: 'encoder/l2_normalize' } })
 */
export function tfjsToOnnx(parameters: TfjsToOnnxParameters): Uint8Array {
  const graph = foldShapes(unwrapSoftmax(fuseLayerNorm(parseTfjsModel(parameters))))
  const facts = inferFacts(graph)
  const kinds = inferKinds(graph)
  const builder = new GraphBuilder({ graph, facts, kinds })
  for (const node of graph.nodes) {
    const translate = ARITHMETIC[node.op] ?? SHAPES[node.op]
    if (!translate) throw new UnsupportedOpError({ node: node.name, op: node.op })
    translate(node, builder)
  }
  return encodeOnnxModel({
    inputs: graph.inputs,
    outputs: nameOutputs(graph, builder),
    nodes: builder.nodes,
    initializers: builder.initializers,
  })
}

function nameOutputs(graph: TfGraph, builder: GraphBuilder): { name: string; kind: Kind }[] {
  return [...graph.outputs].map(([name, tensor]) => {
    if (name !== tensor)
      builder.nodes.push({ op: 'Identity', name, domain: '', inputs: [tensor], outputs: [name], attributes: new Map() })
    return { name, kind: builder.kindOf(tensor) }
  })
}
