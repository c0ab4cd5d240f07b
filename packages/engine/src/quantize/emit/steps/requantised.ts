import type { Emitter } from '../emitter.ts'

/** Brings a passing tensor to integers from lo to hi: Clip, then Round to the nearest, ties to even. */
export function requantised(
  emitter: Emitter,
  passing: string,
  { lo, hi }: { lo: number; hi: number },
  hint: string,
): string {
  const clipped = emitter.node('Clip', [passing, emitter.f32(lo), emitter.f32(hi)], {}, `${hint}/clipped`)
  return emitter.node('Round', [clipped], {}, hint)
}
