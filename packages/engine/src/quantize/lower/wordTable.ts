import { type Emitter, int } from '../emit/emitter.ts'
import { roundHalfEven } from '../emit/quantized.ts'

const WORD_REACH = 32767

export type WordTableParameters = {
  emitter: Emitter
  /** Real numbers, [rows, width]. */
  table: Float32Array | Float64Array
  width: number
  /** Name of the integers that rows are chosen by. */
  indices: string
  /** Real value of one step of the result. */
  step: number
  hint: string
}

/**
 * Rows of a table of real numbers: f64 [..., width], integers. They are kept as 16-bit words in two bytes, high bytes before low ones, in
 * steps of the result's times a power of two, so the error is half such a step: 1/65,534 of the largest number.
 */
export function wordTable({ emitter, table, width, indices, step, hint }: WordTableParameters): string {
  let largest = 0
  for (const real of table) largest = Math.max(largest, Math.abs(real))
  let coarse = 1
  while (largest / (step * coarse) > WORD_REACH) coarse *= 2
  const rows = table.length / width
  const bytes = new Uint8Array(table.length * 2)
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < width; i++) {
      const word = 32768 + roundHalfEven((table[row * width + i] ?? 0) / (step * coarse))
      bytes[row * 2 * width + i] = word >> 8
      bytes[row * 2 * width + width + i] = word & 255
    }
  const words = emitter.constant({ type: 'u8', dims: [rows, 2, width], data: bytes }, `${hint}/table`)
  const chosen = emitter.cast(emitter.node('Gather', [words, indices], {}, `${hint}/bytes`), 'f64', `${hint}/wide`)
  const places = emitter.f64([256 * coarse, coarse], [2, 1])
  const weighed = emitter.node('Mul', [chosen, places], {}, `${hint}/weighed`)
  const sum = emitter.node('ReduceSum', [weighed, emitter.i64([-2])], { keepdims: int(0) }, `${hint}/sum`)
  return emitter.node('Sub', [sum, emitter.f64(32768 * coarse)], {}, hint)
}
