import { GatewayError } from '@stoa/gateway/endpoint'

/** A step with a draft that can't be taken as things are. */
export class DraftError extends GatewayError {
  override name = 'DraftError'
  constructor(
    message: string,
    options: { code: string; status: 400 | 409 | 413 | 422; hint: string; retry?: boolean; cause?: unknown },
  ) {
    super(message, options)
  }
}
