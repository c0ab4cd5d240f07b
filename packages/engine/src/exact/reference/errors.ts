import { BaseError } from '@stoa/protocol'
import type { OnnxNode } from '../../onnx/model.ts'

/** Why an operator cannot be computed exactly on what it was given. `evaluate` adds which node it was. */
export class Refusal extends Error {
  override name = 'Refusal'
}

/** A node that the exact profile does not define on the values it was given, or whose result is not exact. */
export class EvaluationError extends BaseError {
  override name = 'EvaluationError'
  readonly node: string
  readonly op: string
  readonly reason: string
  constructor(node: OnnxNode, reason: string) {
    const name = node.name || node.outputs[0] || ''
    super(`${node.op} "${name}" has no exact result: ${reason}.`, {
      code: 'INVALID_MODEL',
      hint: 'See specs/exact-inference.md for what the operator may be given; stoa quantize writes graphs that keep to it.',
    })
    this.node = name
    this.op = node.op
    this.reason = reason
  }
}
