import type { OnnxModel, OnnxNode } from '../../onnx/model.ts'
import type { BoundGraph } from '../profile/boundGraph.ts'
import type { Facts } from '../profile/facts.ts'
import { type ExactType, elementsOf } from '../value.ts'

/** Consecutive nodes of a bound graph, and what passes in and out of them. */
export type Segment = {
  readonly nodes: readonly OnnxNode[]
  /** Made before: by an earlier segment, or inputs of the graph. */
  readonly inputs: readonly string[]
  /** Made here and wanted: shown, read later, or outputs of the graph. */
  readonly outputs: readonly string[]
  /** Those of `outputs` to show, in file order. */
  readonly shown: readonly string[]
  /** Those of `inputs` and `outputs` that nothing reads after this segment. */
  readonly done: readonly string[]
}

const BYTES: Readonly<Record<ExactType, number>> = { f32: 4, f64: 8, i32: 4, i64: 8, u8: 1, i8: 1, bool: 1 }

/**
 * Divides the nodes that the graph's outputs and the tensors to show depend on into segments, so that none shows more than `segmentBytes` unless one node
 * alone does. Computed one after the other they are the graph, computed once.
 */
export function cutSegments(bound: BoundGraph, show: ReadonlySet<string>, segmentBytes: number): Segment[] {
  const wanted = new Set([...bound.outputs, ...show])
  const nodes = neededNodes(bound.nodes, wanted)
  const groups: OnnxNode[][] = [[]]
  let held = 0
  for (const node of nodes) {
    const bytes = node.outputs.reduce((sum, name) => sum + (show.has(name) ? bytesOf(bound, name) : 0), 0)
    if (held + bytes > segmentBytes && held > 0) {
      groups.push([])
      held = 0
    }
    held += bytes
    groups.at(-1)?.push(node)
  }
  return groups.filter((group) => group.length > 0).map((_, i, all) => segmentOf(bound, all, i, show))
}

/** The nodes that `wanted` depends on, in their order. */
function neededNodes(nodes: readonly OnnxNode[], wanted: ReadonlySet<string>): OnnxNode[] {
  const needed = new Set(wanted)
  return nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((name) => needed.has(name))) return false
      for (const name of node.inputs) needed.add(name)
      return true
    })
    .reverse()
}

function segmentOf(
  bound: BoundGraph,
  groups: readonly (readonly OnnxNode[])[],
  at: number,
  show: ReadonlySet<string>,
): Segment {
  const nodes = groups[at] ?? []
  const later = new Set([...bound.outputs, ...readBy(groups.slice(at + 1).flat())])
  const made = nodes.flatMap((node) => node.outputs).filter((name) => name !== '')
  const own = new Set(made)
  const inputs = [...readBy(nodes)].filter((name) => !own.has(name) && !bound.constants.has(name))
  const outputs = made.filter((name) => show.has(name) || later.has(name))
  return {
    nodes,
    inputs,
    outputs,
    shown: outputs.filter((name) => show.has(name)),
    done: [...inputs, ...outputs].filter((name) => !later.has(name)),
  }
}

const readBy = (nodes: readonly OnnxNode[]): Set<string> =>
  new Set(nodes.flatMap((node) => node.inputs).filter((name) => name !== ''))

/** A segment as a model of its own: all lengths settled, of the constants only those that it reads. */
export function segmentModel(bound: BoundGraph, { nodes, inputs, outputs }: Segment): OnnxModel {
  const describe = (name: string) => {
    const { type, dims } = factsOf(bound, name)
    return { name, type, dims }
  }
  const constants = [...readBy(nodes)].flatMap((name) => {
    const value = bound.constants.get(name)
    return value ? [[name, value] as const] : []
  })
  return {
    opset: 18,
    metadata: new Map(),
    inputs: inputs.map(describe),
    outputs: outputs.map(describe),
    initializers: new Map(constants),
    nodes,
  }
}

function factsOf({ facts }: BoundGraph, name: string): Facts {
  const found = facts.get(name)
  if (!found) throw new TypeError(`nothing is known of the tensor "${name}"`)
  return found
}

function bytesOf(bound: BoundGraph, name: string): number {
  const { type, dims } = factsOf(bound, name)
  return elementsOf(dims) * BYTES[type]
}
