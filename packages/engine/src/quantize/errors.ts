import { BaseError } from '@stoa/protocol'

/** An operator, or a use of one, that has no exact form here. Carries the node, its operator and its place in the file. */
export class UnsupportedOpError extends BaseError {
  override name = 'UnsupportedOpError'
  readonly node: string
  readonly op: string

  constructor({ node, op, why }: { node: string; op: string; why: string }) {
    super(`Operation ${op} of node "${node}" has no exact form: ${why}.`, {
      code: 'UNSUPPORTED_OP',
      hint: 'Export the model without it, or end the graph before it: name an earlier tensor as the output.',
    })
    this.node = node
    this.op = op
  }
}

/** Samples that don't fit the model, or can't be read. */
export class InvalidSamplesError extends BaseError {
  override name = 'InvalidSamplesError'
  constructor(why: string, options: { cause?: unknown } = {}) {
    super(`The samples can't be used: ${why}.`, {
      code: 'INVALID_SAMPLES',
      hint: 'Give a folder of images (PNG, JPEG, WebP), or of .npy files of float32 with the shape of the input.',
      cause: options.cause,
    })
  }
}

/** A plan of grids that is damaged, or for another model. */
export class InvalidPlanError extends BaseError {
  override name = 'InvalidPlanError'
  constructor(why: string) {
    super(`The plan can't be used: ${why}.`, {
      code: 'INVALID_PLAN',
      hint: 'Calibrate the model again, or use the file that the plan was made for.',
    })
  }
}
