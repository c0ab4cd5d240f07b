import type { Emitter } from '../emit/emitter.ts'
import { BYTE_REACH, toBytes, ZERO_BYTE } from './bytes.ts'
import { dyadic } from './dyadic.ts'
import { FINE_REACH, toFine } from './fineProduct.ts'

export type MixedToBytesParameters = {
  emitter: Emitter
  /** f64 [..., channels]: mixed values, with the heads side by side. */
  x: string
  /** Step of the values for each channel, and of the result. */
  valueSteps: readonly number[]
  steps: readonly number[]
  /** Binary places that x has below a step of the values, and what of it stands for 0. */
  places: number
  zero: number
  hint: string
}

/** Mixed values as bytes around 128. What was added to the values goes in the same sum that brings the result's 128. */
export function mixedToBytes({ emitter, x, valueSteps, steps, places, zero, hint }: MixedToBytesParameters): string {
  const factors = dyadic(
    steps.map((step, i) => (valueSteps[i] ?? 1) / step / 2 ** places),
    20,
  )
  const offsets = factors.map((factor) => ZERO_BYTE - zero * factor)
  return toBytes(emitter, x, hint, emitter.f64(factors), emitter.f64(offsets))
}

/** The same for a fine product, whose integers reach as far in smaller steps. */
export function mixedToFine({ emitter, x, valueSteps, steps, places, zero, hint }: MixedToBytesParameters): string {
  const factors = dyadic(
    steps.map((step, i) => ((valueSteps[i] ?? 1) * FINE_REACH) / step / BYTE_REACH / 2 ** places),
    20,
  )
  const offsets = factors.map((factor) => -zero * factor)
  return toFine(emitter, x, hint, emitter.f64(factors), emitter.f64(offsets))
}
