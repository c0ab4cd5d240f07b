import type { NormCalibration } from '../lower/steps.ts'

/** Real values of the steps in which the encoder's inner tensors are held. With the weights they determine the exact graph to the bit. */
export type EncoderCalibration = {
  /** Largest magnitude that the first layer reads, and in the stream that the layers write to. */
  readonly read: number
  readonly stream: number
  readonly layers: readonly EncoderLayerCalibration[]
}

export type EncoderLayerCalibration = {
  readonly attentionIn: NormCalibration
  /** One step of queries times one of keys, before the division by √(channels of a head). */
  readonly score: number
  /** Step of keys for each channel; queries have `score` divided by it. */
  readonly key: readonly number[]
  readonly value: readonly number[]
  /** Step of what attention mixed, for each channel. */
  readonly mixed: readonly number[]
  readonly feedForwardIn: NormCalibration
  /** Step of the inner channels, which are not negative: bytes from 0. */
  readonly inner: readonly number[]
  /** How many steps the inputs of each matrix are held as on average, for each channel. */
  readonly means: Readonly<Record<'attentionIn' | 'mixed' | 'feedForwardIn' | 'inner', readonly number[]>>
}
