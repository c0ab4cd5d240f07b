import type { Emitter } from '../../quantize/emit/emitter.ts'
import type { LayerCalibration } from '../calibrate/calibration.ts'
import type { LayerWeights, LlamaConfig } from '../checkpoint.ts'
import type { LlamaInputs } from '../positions.ts'
import type { RotaryConstants } from './rotaryConstants.ts'

/** What all blocks of an exact decoder share. */
export type ExactScope = {
  readonly emitter: Emitter
  readonly inputs: LlamaInputs
  readonly config: LlamaConfig
  /** The residual stream is f64 integers within ±reach, one worth `step`. */
  readonly reach: number
  readonly step: number
  /** i32 tensor that is added to scores. */
  readonly hidden: string
  /** i64 [2]: room of the caches and number of new positions. */
  readonly parts: string
  readonly rotary: RotaryConstants
}

export type Block = {
  /** The residual stream. */
  readonly x: string
  readonly layer: number
  readonly tensors: LayerWeights
  readonly calibration: LayerCalibration
}
