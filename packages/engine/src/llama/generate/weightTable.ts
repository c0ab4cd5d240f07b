import { roundHalfEven } from '../../quantize/emit/quantized.ts'
import { exp } from '../../quantize/lower/functions.ts'
import { LOGIT_STEPS, WEIGHT_ENTRIES, WHOLE_WEIGHT } from './choice.ts'

/**
 * Weights of tokens by how many steps their logit lies below the largest: round(2^24 · e^(−i / 1024)). No entry is nearer than 1e-5 to a
 * half, so the error of `exp`, below 1e-6 of a step here, changes none.
 */
export function weightTable(): Uint32Array {
  return Uint32Array.from({ length: WEIGHT_ENTRIES }, (_, i) => roundHalfEven(WHOLE_WEIGHT * exp(-i / LOGIT_STEPS)))
}
