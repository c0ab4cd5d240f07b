import type { Emitter } from '../emit/emitter.ts'

/** The byte that stands for 0 where bytes hold signed integers: n is held as n + 128. */
export const ZERO_BYTE = 128
/** Largest magnitude that bytes hold; −128 is left out, so that both signs reach as far. */
export const BYTE_REACH = 127

/**
 * Brings an f64 tensor to bytes: round(clip(x · factor + 128, 1, 255)) as u8. `factor` is the name of a dyadic constant, `offset` of
 * one that is added in place of 128. The error is half a step, and what the bounds cut off.
 */
export function toBytes(emitter: Emitter, x: string, hint: string, factor?: string, offset?: string): string {
  const scaled = factor === undefined ? x : emitter.node('Mul', [x, factor], {}, `${hint}/scaled`)
  const shifted = emitter.node('Add', [scaled, offset ?? emitter.f64(ZERO_BYTE)], {}, `${hint}/shifted`)
  const bounds = [emitter.f64(ZERO_BYTE - BYTE_REACH), emitter.f64(ZERO_BYTE + BYTE_REACH)]
  const clipped = emitter.node('Clip', [shifted, ...bounds], {}, `${hint}/clipped`)
  return emitter.cast(emitter.node('Round', [clipped], {}, `${hint}/rounded`), 'u8', hint)
}
