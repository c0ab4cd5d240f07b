import { sortTopologically } from './sortTopologically.ts'
import { type Constant, flag, type TfGraph, type TfNode } from './tfGraph.ts'

type Lookup = {
  node: (tensor: string | undefined) => TfNode | undefined
  constant: (tensor: string | undefined) => Constant | undefined
}
type Fused = { input: string; scale: string; bias: string; epsilon: number }

/**
 * Replaces layer normalisation spelled out, `(x − mean) · (scale · rsqrt(variance + ε)) + bias` over the last axis, by one
 * LayerNormalization (ONNX opset 17): one pass over memory instead of nine. Factors and terms may stand in either order.
 */
export function fuseLayerNorm(graph: TfGraph): TfGraph {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]))
  const lookup: Lookup = {
    node: (tensor) => nodes.get(tensor ?? ''),
    constant: (tensor) => graph.constants.get(tensor ?? ''),
  }
  const fused = graph.nodes.map((node): TfNode => {
    const match = matchLayerNorm(node, lookup)
    if (!match) return node
    const { input, scale, bias, epsilon } = match
    return { name: node.name, op: 'LayerNormalization', inputs: [input, scale, bias], attributes: { epsilon } }
  })
  const result = { ...graph, nodes: fused }
  return { ...result, nodes: sortTopologically(result) }
}

function matchLayerNorm(node: TfNode, lookup: Lookup): Fused | undefined {
  for (const [product, bias] of bothOrders(node, 'Add'))
    for (const [weight, difference] of bothOrders(lookup.node(product), 'Mul'))
      for (const [scale, inverse] of bothOrders(lookup.node(weight), 'Mul')) {
        const input = matchDifference(difference, lookup)
        const epsilon = matchInverseDeviation(inverse, difference, lookup)
        const vectors = [scale, bias].every((tensor) => lookup.constant(tensor)?.dims.length === 1)
        if (input !== undefined && epsilon !== undefined && vectors) return { input, scale, bias, epsilon }
      }
  return undefined
}

/** x of `x − mean(x)`. */
function matchDifference(tensor: string, lookup: Lookup): string | undefined {
  const node = lookup.node(tensor)
  const [input, mean] = node?.op === 'Sub' ? node.inputs : []
  return input !== undefined && meanOverLastAxis(mean, lookup) === input ? input : undefined
}

/** ε of `rsqrt(mean(square(difference)) + ε)`. */
function matchInverseDeviation(tensor: string, difference: string, lookup: Lookup): number | undefined {
  const rsqrt = lookup.node(tensor)
  if (rsqrt?.op !== 'Rsqrt') return undefined
  for (const [variance, added] of bothOrders(lookup.node(rsqrt.inputs[0]), 'Add')) {
    const epsilon = lookup.constant(added)
    const square = lookup.node(meanOverLastAxis(variance, lookup))
    if (
      square?.op === 'Square' &&
      square.inputs[0] === difference &&
      epsilon?.kind === 'float' &&
      epsilon.data.length === 1
    )
      return epsilon.data[0]
  }
  return undefined
}

/** x of `mean(x)` over the last axis alone, which is kept. */
function meanOverLastAxis(tensor: string | undefined, lookup: Lookup): string | undefined {
  const node = lookup.node(tensor)
  const axes = lookup.constant(node?.inputs[1])?.data
  return node?.op === 'Mean' && flag(node, 'keep_dims') && axes?.length === 1 && axes[0] === -1
    ? node.inputs[0]
    : undefined
}

function bothOrders(node: TfNode | undefined, op: string): [string, string][] {
  const [a, b] = node?.op === op ? node.inputs : []
  return a !== undefined && b !== undefined
    ? [
        [a, b],
        [b, a],
      ]
    : []
}
