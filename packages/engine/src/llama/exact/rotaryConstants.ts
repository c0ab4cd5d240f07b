import { type Emitter, int } from '../../quantize/emit/emitter.ts'
import { roundHalfEven } from '../../quantize/emit/quantized.ts'
import type { LlamaConfig } from '../checkpoint.ts'
import { rotaryTables, swappedChannels } from '../rotary.ts'

/** Binary places of sines and cosines. */
export const TURN_PLACES = 14

export type RotaryConstants = {
  /**
   * f64 [B, T, heads + 2 · kvHeads, headDim], integers: cosines and signed sines of the positions times 2^14 for queries and keys;
   * for values 2^14 and 0, which leave them as they are: so all three take the same few operations.
   */
  readonly cos: string
  readonly sin: string
  /** i64 [headDim]: where each channel finds its partner. */
  readonly swap: string
}

export function rotaryConstants(emitter: Emitter, config: LlamaConfig, position: string): RotaryConstants {
  const { heads, kvHeads, headDim, context } = config
  const tables = rotaryTables(config)
  const at = (table: Float64Array, still: number, hint: string) => {
    const whole = emitter.f64(
      table.map((real) => roundHalfEven(real * 2 ** TURN_PLACES)),
      [context, headDim],
      `${hint}/table`,
    )
    const rows = emitter.node('Unsqueeze', [emitter.node('Gather', [whole, position]), emitter.i64([2])], {}, hint)
    // 0 · row + still: the values' part, with the lengths of the row.
    const unturned = emitter.node(
      'Add',
      [emitter.node('Mul', [rows, emitter.f64(0)]), emitter.f64(still)],
      {},
      `${hint}/still`,
    )
    const repeated = (part: string, times: number) =>
      emitter.node('Expand', [part, emitter.i64([1, 1, times, 1])], {}, `${hint}/heads`)
    return emitter.node(
      'Concat',
      [repeated(rows, heads + kvHeads), repeated(unturned, kvHeads)],
      { axis: int(2) },
      hint,
    )
  }
  return {
    cos: at(tables.cos, 2 ** TURN_PLACES, 'cos'),
    sin: at(tables.sin, 0, 'sin'),
    swap: emitter.i64(swappedChannels(headDim)),
  }
}
