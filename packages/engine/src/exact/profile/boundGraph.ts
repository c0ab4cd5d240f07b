import type { OnnxNode } from '../../onnx/model.ts'
import type { Value } from '../value.ts'
import type { Facts } from './facts.ts'

/** A node that depends on the inputs, with what has been proved of its outputs. */
export type BoundNode = { readonly node: OnnxNode; readonly outputs: readonly string[] }

/** An exact graph with the lengths of its inputs settled: every tensor has facts, everything that depends on lengths alone is computed. */
export type BoundGraph = {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Initializers, and tensors that followed from constants and lengths. */
  readonly constants: ReadonlyMap<string, Value>
  /** What is left to compute, in file order. */
  readonly nodes: readonly OnnxNode[]
  readonly facts: ReadonlyMap<string, Facts>
}
