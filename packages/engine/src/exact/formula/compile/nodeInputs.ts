import type { OnnxNode } from '../../../onnx/model.ts'
import type { Facts } from '../../profile/facts.ts'
import type { NodeContext } from '../../profile/rule.ts'
import type { Expression } from '../expression/schema.ts'

/** A node of a bound graph, as it is written into a formula: its attributes, and its inputs as expressions. */
export type NodeInputs = {
  readonly node: OnnxNode
  /** Attributes with ONNX's defaults. The loader has checked them. */
  readonly attributes: NodeContext
  readonly has: (index: number) => boolean
  readonly facts: (index: number) => Facts
  /** An input as an expression; `order` is that in which its axes are stored if it is a constant: 0, 1, 2, … where left out. */
  readonly input: (index: number, order?: readonly number[]) => Expression
  /** The one object for an expression that is no node's and no input. */
  readonly intern: (expression: Expression) => Expression
  /** The node that makes an input, and its own inputs; undefined where no node does. */
  readonly maker: (index: number) => NodeInputs | undefined
  /** An input's numbers; refuses one that depends on lengths, which a formula can't name. */
  readonly constant: (index: number) => Facts
  readonly integers: (index: number) => number[]
  /** Integers as axes of a tensor of `rank`, counted from the front and each once. */
  readonly axes: (given: readonly number[], rank: number) => number[]
  /** Throws `NoFormulasError` with the node's place. */
  readonly refuse: (why: string) => never
}

/** What an operator of ONNX is as a node of a formula; `output` counts its outputs. */
export type Translation = (from: NodeInputs, output: number) => Expression
