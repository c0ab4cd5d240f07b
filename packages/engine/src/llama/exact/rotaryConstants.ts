import type { Emitter } from '../../quantize/emit/emitter.ts'
import { roundHalfEven } from '../../quantize/emit/quantized.ts'
import type { LlamaConfig } from '../checkpoint.ts'
import { rotaryTables, swappedChannels } from '../rotary.ts'

/** Binary places of sines and cosines. */
export const TURN_PLACES = 14

export type RotaryConstants = {
  /** f64 [B, T, 1, headDim], integers: cosines and signed sines of the positions, times 2^14. */
  readonly cos: string
  readonly sin: string
  /** i64 [headDim]: where each channel finds its partner. */
  readonly swap: string
}

export function rotaryConstants(emitter: Emitter, config: LlamaConfig, position: string): RotaryConstants {
  const tables = rotaryTables(config)
  const at = (table: Float64Array, hint: string) => {
    const whole = table.map((real) => roundHalfEven(real * 2 ** TURN_PLACES))
    const rows = emitter.f64(whole, [config.context, config.headDim], `${hint}/table`)
    return emitter.node('Unsqueeze', [emitter.node('Gather', [rows, position], {}, hint), emitter.i64([2])], {}, hint)
  }
  return { cos: at(tables.cos, 'cos'), sin: at(tables.sin, 'sin'), swap: emitter.i64(swappedChannels(config.headDim)) }
}
