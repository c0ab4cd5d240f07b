import type { Emitter } from '../emit/emitter.ts'
import { roundHalfEven } from '../emit/quantized.ts'

/** Integers of a gate that the table tells apart lie within ±GATE_REACH. */
export const GATE_REACH = 2047
/** Largest magnitude in the table. */
const TABLE_REACH = 32767

/** A function of real numbers, for integers from −2,047 to 2,047. */
export type GateTable = {
  readonly values: Float64Array /** Real value of one step of the values. */
  readonly step: number
}

/** `fn` of a gate of which one step is worth `step`; fn's doubles must be the same on every machine (./functions.ts). */
export function gateTable(fn: (real: number) => number, step: number): GateTable {
  const reals = Array.from({ length: 2 * GATE_REACH + 1 }, (_, i) => fn((i - GATE_REACH) * step))
  const largest = reals.reduce((most, real) => Math.max(most, Math.abs(real)), 0)
  const unit = largest / TABLE_REACH || 1
  return { values: Float64Array.from(reals, (real) => roundHalfEven(real / unit)), step: unit }
}

export type GatedParameters = {
  emitter: Emitter
  /** f64, integers. */
  gate: string
  table: GateTable
  hint: string
}

/** The table's values for a gate, f64. Gates beyond ±2,047 steps count as that. */
export function gated({ emitter, gate, table, hint }: GatedParameters): string {
  const values = emitter.f64(table.values, [table.values.length], `${hint}/table`)
  const bounds = [emitter.f64(-GATE_REACH), emitter.f64(GATE_REACH)]
  const clipped = emitter.node('Clip', [gate, ...bounds], {}, `${hint}/clipped`)
  const index = emitter.cast(emitter.node('Add', [clipped, emitter.f64(GATE_REACH)]), 'i32', `${hint}/index`)
  return emitter.node('Gather', [values, index], {}, hint)
}
