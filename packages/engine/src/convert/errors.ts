import { BaseError } from '@stoa/protocol'

/** A TensorFlow operation, or a use of one, that has no translation to ONNX here. Carries the node and its op. */
export class UnsupportedOpError extends BaseError {
  override name = 'UnsupportedOpError'
  readonly node: string
  readonly op: string

  constructor({ node, op, why }: { node: string; op: string; why?: string }) {
    super(`Operation ${op} of node "${node}" can't be converted to ONNX${why ? `: ${why}` : ''}.`, {
      code: 'UNSUPPORTED_OP',
      hint: 'Export the model without it, or add a translation to the tables in convert/onnx/.',
    })
    this.node = node
    this.op = op
  }
}

/** A model.json or weight file that does not hold together. */
export class InvalidTfjsModelError extends BaseError {
  override name = 'InvalidTfjsModelError'

  constructor(why: string, options: { cause?: unknown } = {}) {
    super(`Not a usable TensorFlow.js graph model: ${why}.`, {
      code: 'INVALID_TFJS_MODEL',
      hint: 'Give model.json and all weight shards, unchanged and in the order of its manifest.',
      cause: options.cause,
    })
  }
}
