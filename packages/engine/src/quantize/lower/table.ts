import type { Emitter } from '../emit/emitter.ts'
import { int } from '../emit/emitter.ts'
import { type Grid, type Quantized, toGrid } from '../emit/quantized.ts'

/** Longest table that is worth its memory: it should stay in a processor's first cache. */
const MAX_ENTRIES = 1 << 16

export type TableParameters = {
  emitter: Emitter
  x: Quantized
  /** The function of real numbers; its doubles must be the same on every machine (see ./functions.ts). */
  fn: (real: number) => number
  /** How the result is held. */
  grid: Grid
  hint?: string
}

/**
 * Any function of one number: each integer that `x` may hold is looked up in a constant. The error is that of rounding to the
 * grid, at most half a step, and of the grid's bounds. Throws `RangeError` when x may hold more than 65,536 integers.
 */
export function table({ emitter, x, fn, grid, hint = 'table' }: TableParameters): Quantized {
  const entries = x.hi - x.lo + 1
  if (entries > MAX_ENTRIES) throw new RangeError(`A table for ${entries} integers would be too long.`)
  const values = Float32Array.from({ length: entries }, (_, i) => toGrid(fn((x.lo + i) * x.scale), grid))
  const index = emitter.cast(shifted(emitter, x, hint), 'i32', `${hint}/index`)
  const data = emitter.constant({ type: 'f32', dims: [entries], data: values }, `${hint}/values`)
  return { name: emitter.node('Gather', [data, index], { axis: int(0) }, hint), ...grid, type: 'f32' }
}

/** The same integers counted from 0. */
function shifted(emitter: Emitter, x: Quantized, hint: string): string {
  if (x.lo === 0) return x.name
  if (x.type !== 'f32' && x.type !== 'i32')
    throw new RangeError(`A table reads f32 or i32, or integers from 0, not ${x.type}.`)
  const least = x.type === 'f32' ? emitter.f32(x.lo) : emitter.i32(x.lo)
  return emitter.node('Sub', [x.name, least], {}, `${hint}/from-zero`)
}
