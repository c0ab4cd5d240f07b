import type { Emitter } from '../quantize/emit/emitter.ts'

/** The last of the new positions: [B, T, C] → [B, 1, C]. */
export function lastPosition(emitter: Emitter, x: string): string {
  return emitter.node('Slice', [x, emitter.i64([-1]), emitter.i64([2 ** 31 - 1]), emitter.i64([1])], {}, 'last')
}
