import type { NormCalibration } from '../../quantize/lower/steps.ts'

/**
 * What calibration finds out about a model: real values of the steps in which its inner tensors are held. With the weights it
 * determines the exact graph to the bit, so it is kept as JSON beside a model that is published.
 */
export type LlamaCalibration = {
  /** Largest magnitude in the residual stream. */
  readonly residual: number
  readonly layers: readonly LayerCalibration[]
  /** What the output matrix reads. */
  readonly norm: NormCalibration
}

export type LayerCalibration = {
  readonly attentionIn: NormCalibration
  /** One step of queries times one of keys, before the division by √headDim. */
  readonly score: number
  /** Step of keys for each pair of channels of each key head; queries have `score` divided by it. */
  readonly key: readonly number[]
  /** Step of values, for each channel. */
  readonly value: readonly number[]
  /** Step of what attention mixed, for each channel. */
  readonly mixed: readonly number[]
  readonly feedForwardIn: NormCalibration
  readonly gate: number
  /** Step of the gated product, for each channel. */
  readonly inner: readonly number[]
}
