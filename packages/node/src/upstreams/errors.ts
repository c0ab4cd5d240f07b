import { BaseError } from '@stoa/protocol'
import { RefusedCallError } from '../errors.ts'

/** What went wrong at an upstream, for the operator's log alone: the buyer learns that the model failed. Never holds the key. */
export class UpstreamError extends BaseError {
  override name = 'UpstreamError'
  /** HTTP status, where it answered with one that means failure. */
  readonly status: number | undefined
  constructor(where: string, why: string, { status, cause }: { status?: number; cause?: unknown } = {}) {
    super(`The upstream ${where} ${why}.`, {
      code: 'UPSTREAM_FAILED',
      retry: true,
      hint: 'See that it runs, that it has the model, and that the key is right. "stoa doctor" asks it.',
      cause,
    })
    this.status = status
  }
}

/** The request needs what the model's back end does not have. */
export class UnsupportedError extends RefusedCallError {
  override name = 'UnsupportedError'
  constructor(model: string, feature: string) {
    super('UNSUPPORTED', `${model} does not take ${feature}.`, {
      hint: 'Leave it out, or choose a model whose card names the feature: GET /v1/models of a gateway lists them.',
    })
  }
}
