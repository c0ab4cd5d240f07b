import type { OnnxNode } from '../../../onnx/model.ts'
import type { BoundGraph } from '../../profile/index.ts'

const ELEMENTWISE: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Floor',
  'Round',
  'Sqrt',
  'Clip',
  'Relu',
  'HardSigmoid',
  'Max',
  'Min',
  'Equal',
  'Less',
  'Greater',
  'Not',
  'And',
  'Or',
  'Where',
  'Cast',
])

/** Operators whose kernels can apply elementwise operators to what they make before they write it. */
const PRODUCERS: ReadonlySet<string> = new Set([
  'Conv',
  'ConvTranspose',
  'MatMul',
  'MatMulInteger',
  'MaxPool',
  'ReduceSum',
  'ReduceMax',
  'ReduceMin',
])

/** Nodes that are computed as one. `root` makes the only tensor of them that comes to memory. */
export type Group = {
  readonly root: OnnxNode
  /** The node that is no elementwise operator, where there is one. */
  readonly producer: OnnxNode | undefined
  /** Elementwise nodes in file order. */
  readonly chain: readonly OnnxNode[]
}

/** A `Gather` from a list is elementwise: every index becomes an element. */
function isElementwise(node: OnnxNode, { facts }: BoundGraph): boolean {
  if (node.op !== 'Gather') return ELEMENTWISE.has(node.op)
  return facts.get(node.inputs[0] ?? '')?.dims.length === 1
}

/**
 * Divides a graph's nodes into groups, in an order in which each can be computed. A tensor disappears into a group if only the group reads
 * it, it has the shape of the group's result, nobody asked for it (`kept`), and the group's producer does not read it, which needs it in memory.
 */
export function groupNodes(bound: BoundGraph, kept: ReadonlySet<string>): Group[] {
  const maker = new Map<string, number>()
  const readers = new Map<string, number[]>()
  for (const [index, node] of bound.nodes.entries()) {
    for (const name of node.outputs) maker.set(name, index)
    for (const name of new Set(node.inputs)) readers.set(name, [...(readers.get(name) ?? []), index])
  }
  const lengths = (node: OnnxNode) => bound.facts.get(node.outputs[0] ?? '')?.dims.join()
  const taken = new Set<number>()

  const groupAt = (rootIndex: number, root: OnnxNode): Group => {
    taken.add(rootIndex)
    const members = new Set([rootIndex])
    const candidates = new Set<number>()
    let producer: OnnxNode | undefined
    const addMakers = (node: OnnxNode): void => {
      for (const name of node.inputs) {
        const index = maker.get(name)
        if (index !== undefined && !kept.has(name) && !taken.has(index)) candidates.add(index)
      }
    }
    addMakers(root)
    while (candidates.size > 0) {
      // The last first: all who read its output have then been looked at.
      const index = Math.max(...candidates)
      candidates.delete(index)
      const node = bound.nodes[index]
      const [output = ''] = node?.outputs ?? []
      if (node?.outputs.length !== 1 || lengths(node) !== lengths(root)) continue
      if (!(readers.get(output) ?? []).every((reader) => members.has(reader))) continue
      if (isTable(output, members, bound) || producer?.inputs.includes(output)) continue
      if (isElementwise(node, bound)) addMakers(node)
      else if (PRODUCERS.has(node.op) && !producer) producer = node
      else continue
      members.add(index)
      taken.add(index)
    }
    const chain = [...members].sort((a, b) => a - b).flatMap((index) => bound.nodes[index] ?? [])
    return { root, producer, chain: chain.filter((node) => node !== producer) }
  }

  const groups: Group[] = []
  for (let index = bound.nodes.length - 1; index >= 0; index--) {
    const node = bound.nodes[index]
    if (!node || taken.has(index)) continue
    if (isElementwise(node, bound)) groups.push(groupAt(index, node))
    else groups.push({ root: node, producer: PRODUCERS.has(node.op) ? node : undefined, chain: [] })
  }
  return groups.reverse()
}

/** Whether a member of the group looks things up in the tensor, which then must be in memory. */
const isTable = (name: string, members: ReadonlySet<number>, { nodes }: BoundGraph): boolean =>
  [...members].some((index) => nodes[index]?.op === 'Gather' && nodes[index]?.inputs[0] === name)
