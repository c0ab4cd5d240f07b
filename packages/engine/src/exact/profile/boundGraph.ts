import type { OnnxNode } from '../../onnx/model.ts'
import type { Value } from '../value.ts'
import type { Facts } from './facts.ts'

/** An exact graph with the lengths of its inputs settled: every tensor has facts, and what follows from lengths alone is computed. */
export type BoundGraph = {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Initializers, and tensors that followed from constants and lengths. */
  readonly constants: ReadonlyMap<string, Value>
  /** What is left to compute, in file order. */
  readonly nodes: readonly OnnxNode[]
  readonly facts: ReadonlyMap<string, Facts>
}
