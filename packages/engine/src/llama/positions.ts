import { type Emitter, int } from '../quantize/emit/emitter.ts'
import type { LlamaConfig } from './checkpoint.ts'

export type LlamaInputs = {
  /** i64 [B, T]. */
  ids: string
  /** i64 [B, T]: consecutive numbers from how many positions of the cache are filled. */
  position: string
  /** One a layer: keys [B, kvHeads, headDim, L] and values [B, kvHeads, L, headDim], filled from the front. */
  keys: readonly string[]
  values: readonly string[]
}

/** Most positions in one step: a prompt is read in steps of up to as many. */
export const MAX_STEP = 64
/** Caches have room for a multiple of as many positions. */
export const CACHE_STEP = 64

/** Room for the whole context, in whole steps. */
export const cacheLimit = ({ context }: Pick<LlamaConfig, 'context'>): number =>
  Math.ceil(context / CACHE_STEP) * CACHE_STEP

/** Adds the inputs of a decoder whose caches the caller keeps: B sequences, T new positions, room for L positions before them. */
export function llamaInputs(
  emitter: Emitter,
  config: LlamaConfig,
  cache: 'f32' | 'u8',
  sequences: number,
): LlamaInputs {
  const { layers, kvHeads, headDim, vocab, context } = config
  emitter.dimension('B', { min: 1, max: sequences, step: 1 })
  emitter.dimension('T', { min: 1, max: Math.min(MAX_STEP, context), step: 1 })
  emitter.dimension('L', { min: CACHE_STEP, max: cacheLimit(config), step: CACHE_STEP })
  const ids = emitter.input('ids', 'i64', ['B', 'T'], { lo: 0, hi: vocab - 1 })
  const position = emitter.input('position', 'i64', ['B', 'T'], { lo: 0, hi: context - 1 })
  const layer = Array.from({ length: layers }, (_, i) => i)
  return {
    ids,
    position,
    keys: layer.map((i) => emitter.input(`key_${i}`, cache, ['B', kvHeads, headDim, 'L'])),
    values: layer.map((i) => emitter.input(`value_${i}`, cache, ['B', kvHeads, 'L', headDim])),
  }
}

/**
 * bool [B, 1, G·T, L + T]: whether row (g, t) of a key head's queries may look at a position: one of the cache that is filled, or a
 * new one that is not after its own.
 */
export function visiblePositions(emitter: Emitter, { position, keys }: LlamaInputs, group: number): string {
  const [zero, one] = [emitter.i64(0), emitter.i64(1)]
  const axis = (n: number) => emitter.i64([n])
  const room = lengthOf(emitter, keys[0] ?? '', 3, 'room')
  const length = lengthOf(emitter, position, 1, 'length')
  // Positions count up by one from the number that is filled: that less its place in the step is the number, in every row.
  const steps = emitter.node('Range', [zero, length, one], {}, 'steps')
  const filled = emitter.node('Sub', [position, steps], {}, 'filled')
  const rows = (tensor: string) => emitter.node('Unsqueeze', [tensor, emitter.i64([1, 3])])
  const cached = emitter.node('Less', [emitter.node('Range', [zero, room, one]), rows(filled)], {}, 'cached')
  const later = emitter.node('Greater', [emitter.node('Unsqueeze', [position, emitter.i64([1, 2])]), rows(position)])
  const visible = emitter.node('Concat', [cached, emitter.node('Not', [later])], { axis: int(3) }, 'visible')
  if (group === 1) return visible
  // [B, 1, T, S] → [B, 1, G, T, S] → [B, 1, G·T, S]
  const grouped = emitter.node(
    'Expand',
    [emitter.node('Unsqueeze', [visible, axis(2)]), emitter.i64([1, 1, group, 1, 1])],
    {},
    'visible/group',
  )
  const whole = emitter.node('Shape', [visible])
  const [batch, , , span] = emitter.nodes('Split', [whole], { axis: int(0), num_outputs: int(4) }, 4, 'extent')
  const shape = emitter.node('Concat', [batch ?? '', emitter.i64([1, -1]), span ?? ''], { axis: int(0) }, 'rows')
  return emitter.node('Reshape', [grouped, shape], {}, 'visible/rows')
}

/** i64 [2]: L and T, the lengths of cache and new positions. */
export function positionParts(emitter: Emitter, { position, keys }: LlamaInputs): string {
  const parts = [lengthOf(emitter, keys[0] ?? '', [3], 'room'), lengthOf(emitter, position, [1], 'length')]
  return emitter.node('Concat', parts, { axis: int(0) }, 'parts')
}

/** Length of an axis: i64, a scalar or as a list of one as the axis is given. */
function lengthOf(emitter: Emitter, tensor: string, axis: number | readonly number[], hint: string): string {
  return emitter.node('Gather', [emitter.node('Shape', [tensor]), emitter.i64(axis)], { axis: int(0) }, hint)
}
