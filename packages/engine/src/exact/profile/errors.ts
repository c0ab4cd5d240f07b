import { BaseError } from '@stoa/protocol'

export type NodePlace = { readonly name: string; readonly op: string; readonly outputs: readonly string[] }

/** A model that the exact profile does not admit, with the node that is at fault (undefined: the file as a whole). */
export class InvalidExactModelError extends BaseError {
  override name = 'InvalidExactModelError'
  readonly node: string | undefined
  readonly op: string | undefined

  constructor(why: string, at?: NodePlace) {
    const where = at ? `${at.op} "${at.name || at.outputs[0]}": ` : ''
    super(`Not an exact/1 model: ${where}${why}.`, {
      code: 'INVALID_MODEL',
      hint: 'specs/exact-inference.md says what a model may do; "stoa quantize" makes such a model from an ordinary one.',
    })
    this.node = at && (at.name || at.outputs[0])
    this.op = at?.op
  }
}

/** A request that an exact model does not take: a length or a value outside the stated ones, an input missing or unknown. */
export class InvalidExactInputError extends BaseError {
  override name = 'InvalidExactInputError'
  constructor(why: string) {
    super(`The model does not take this input: ${why}.`, {
      code: 'INVALID_REQUEST',
      hint: 'The model file states the type, lengths and range of each input (stoa.dim and stoa.range).',
    })
  }
}
