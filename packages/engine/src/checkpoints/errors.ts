import { BaseError } from '@stoa/protocol'

/** A file of a model that does not hold together: cut short, contradicting itself, or not what its name says. */
export class InvalidCheckpointError extends BaseError {
  override name = 'InvalidCheckpointError'
  readonly file: string
  readonly why: string

  constructor(file: string, why: string, options: { hint?: string; cause?: unknown } = {}) {
    super(`${file} can't be read: ${why}.`, {
      code: 'INVALID_CHECKPOINT',
      hint: options.hint ?? 'Download or export the file again and compare its size and digest with the source.',
      cause: options.cause,
    })
    this.file = file
    this.why = why
  }
}

/** A sound file of a model that Stoa does not know how to run. Carries what it is that is not known. */
export class UnsupportedCheckpointError extends BaseError {
  override name = 'UnsupportedCheckpointError'
  readonly file: string
  readonly feature: string

  constructor(file: string, feature: string, options: { why?: string; hint?: string } = {}) {
    super(`${file} needs what Stoa does not have: ${feature}${options.why ? ` (${options.why})` : ''}.`, {
      code: 'UNSUPPORTED_CHECKPOINT',
      hint:
        options.hint ??
        'Bring a Llama-like model without it: RMSNorm, rotary positions, grouped heads, SwiGLU, no biases.',
    })
    this.file = file
    this.feature = feature
  }
}
