import type { OnnxNode } from '../../../onnx/model.ts'
import type { BoundGraph } from '../../profile/boundGraph.ts'
import type { ExactGraph } from '../../profile/exactGraph.ts'
import type { Facts } from '../../profile/facts.ts'
import { NodeContext } from '../../profile/rule.ts'
import { NoFormulasError } from '../errors.ts'
import type { Expression } from '../expression/schema.ts'
import type { NodeInputs } from './nodeInputs.ts'

/** The node that makes a tensor, and which of its outputs that is. */
export type Made = { readonly node: OnnxNode; readonly output: number }

/** What a node's inputs are looked up in. */
export type GraphTensors = {
  readonly graph: ExactGraph
  readonly bound: BoundGraph
  readonly makers: ReadonlyMap<string, Made>
  /** Names of tensors that are known at binding, but differ with the lengths of the inputs. */
  readonly fromLengths: ReadonlySet<string>
  /** A tensor as an expression, where a node reads it; see `NodeInputs.input`. */
  readonly operand: (tensor: string, order: readonly number[] | undefined, from: NodeInputs) => Expression
  readonly intern: NodeInputs['intern']
}

/** A node's attributes and inputs, as its translation reads them. */
export function readNode(node: OnnxNode, tensors: GraphTensors): NodeInputs {
  const { graph, bound, makers, fromLengths, operand, intern } = tensors
  const own = node.inputs.map((name) => (name === '' ? undefined : factsOf(bound, name)))
  const refuse = (why: string): never => {
    throw new NoFormulasError(why, node)
  }
  const nameOf = (index: number): string => node.inputs[index] || refuse(`input ${index} is missing`)
  const constant = (index: number): Facts =>
    fromLengths.has(nameOf(index))
      ? refuse(`input ${index} depends on lengths, which a formula can't name`)
      : factsOf(bound, nameOf(index))
  const from: NodeInputs = {
    node,
    attributes: new NodeContext(node, own, graph),
    has: (index) => own[index] !== undefined,
    facts: (index) => factsOf(bound, nameOf(index)),
    input: (index, order) => operand(nameOf(index), order, from),
    intern,
    maker(index) {
      const made = makers.get(nameOf(index))
      return made && readNode(made.node, tensors)
    },
    constant,
    integers: (index) => Array.from<number | bigint, number>(constant(index).known?.data ?? [], Number),
    axes(given, rank) {
      const axes = given.map((axis) => (axis < 0 ? axis + rank : axis))
      return new Set(axes).size === axes.length ? axes : refuse('an axis stands twice')
    },
    refuse,
  }
  return from
}

/** What was proved of a tensor. */
export function factsOf({ facts }: BoundGraph, tensor: string): Facts {
  const found = facts.get(tensor)
  if (!found) throw new TypeError(`nothing was proved of the tensor "${tensor}"`)
  return found
}
