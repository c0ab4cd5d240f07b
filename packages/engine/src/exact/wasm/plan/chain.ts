import type { OnnxNode } from '../../../onnx/model.ts'
import type { Formula, Operand, Operation } from '../kernels/formula.ts'
import { floatOf } from './attributes.ts'
import type { PlanBuilder } from './planBuilder.ts'
import { naturalOrder, type View } from './view.ts'

/** A tensor that a chain of elementwise nodes reads. `self` is what the group's producer makes, and is not in memory. */
export type ChainLeaf =
  | { readonly kind: 'self' }
  | { readonly kind: 'tensor'; readonly view: View }
  | { readonly kind: 'table'; readonly view: View }

export type Chain = { readonly formula: Formula; readonly leaves: readonly ChainLeaf[] }

/** Turns elementwise nodes into a formula over leaves. The result of `producer`, if any, is leaf 0. */
export function chainOf(plan: PlanBuilder, nodes: readonly OnnxNode[], producer: OnnxNode | undefined): Chain {
  const leaves: ChainLeaf[] = []
  const known = new Map<string, Operand>()
  const formula: Operation[] = []
  const addLeaf = (key: string, make: () => ChainLeaf): { leaf: number } => {
    const found = known.get(key)
    if (found && 'leaf' in found) return found
    const operand = { leaf: leaves.length }
    leaves.push(make())
    known.set(key, operand)
    return operand
  }
  const [made] = producer?.outputs ?? []
  if (made !== undefined) addLeaf(made, () => ({ kind: 'self' }))
  const tensor = (name: string): Operand =>
    known.get(name) ?? addLeaf(name, () => ({ kind: 'tensor', view: plan.view(name) }))
  const number = (value: number): Operand =>
    addLeaf(`number ${value}`, () => ({ kind: 'tensor', view: plan.number(value) }))

  for (const node of nodes) {
    const [output = ''] = node.outputs
    const { type } = plan.facts(output)
    const [first = '', ...others] = node.inputs
    if (node.op === 'Gather') {
      const list = plan.view(first)
      const { leaf } = addLeaf(`table ${first}`, () => ({ kind: 'table', view: plan.dense(list, naturalOrder(1)) }))
      formula.push({ op: node.op, type, operands: others.map(tensor), table: { leaf, type: list.type } })
    } else if (node.op === 'HardSigmoid') {
      const line = [floatOf(node, 'alpha', Math.fround(0.2)), floatOf(node, 'beta', 0.5), 1]
      formula.push({ op: node.op, type, operands: [tensor(first), ...line.map(number)] })
    } else {
      formula.push({ op: node.op, type, operands: node.inputs.map(tensor) })
    }
    known.set(output, { step: formula.length - 1 })
  }
  return { formula, leaves }
}
