import type { OnnxNode } from '../../onnx/model.ts'
import type { Value } from '../value.ts'
import type { Inputs } from './elements.ts'

/** Computes a node from its attributes and inputs: a value for each of its outputs. Throws `Refusal`. */
export type Operator = (node: OnnxNode, inputs: Inputs) => Value[]
