import { BaseError } from '@stoa/protocol'
import type { NodePlace } from '../profile/errors.ts'

/** An exact graph that is no small model: one contract call can't compute it. */
export class NotSmallModelError extends BaseError {
  override name = 'NotSmallModelError'
  /** The node that does not fit (undefined: the graph as a whole). */
  readonly node: string | undefined
  readonly op: string | undefined
  readonly reason: string

  constructor(why: string, at?: NodePlace) {
    const where = at ? `${at.op} "${at.name || at.outputs[0]}": ` : ''
    super(`The model can't be computed by one contract call: ${where}${why}.`, {
      code: 'NOT_SMALL_MODEL',
      hint: 'specs/on-chain-models.md says which graphs can; others are judged by disputes (specs/dispute.md).',
    })
    this.node = at && (at.name || at.outputs[0])
    this.op = at?.op
    this.reason = why
  }
}
