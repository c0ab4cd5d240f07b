import type { Value } from '../exact/value.ts'
import type { LlamaConfig } from './checkpoint.ts'
import { CACHE_STEP, cacheLimit } from './positions.ts'

/** Keys and values of one sequence, or of several of one length, as inputs of a decoder's graph: written in place, never copied whole. */
export type Cache = {
  /** How many positions are filled. */
  readonly filled: number
  /** The caches as the graph's inputs, with room for at least `steps` more positions where the context allows it. */
  inputs(): Map<string, Value>
  /** Writes the new keys and values that a step gave out. `count`: how many of its positions to keep. */
  append(outputs: ReadonlyMap<string, Value>, count: number): void
}

type CacheArray = Float32Array | Uint8Array

/**
 * An empty cache of `sequences` sequences. Its room grows by `CACHE_STEP` positions at a time, so a step costs the writing of
 * its own keys and values only. What is not filled is zero: no graph's outputs depend on it.
 */
export function createCache(
  config: Pick<LlamaConfig, 'layers' | 'kvHeads' | 'headDim' | 'context'>,
  type: 'f32' | 'u8',
  sequences = 1,
): Cache {
  const { layers, kvHeads, headDim } = config
  const rows = sequences * kvHeads
  let room = CACHE_STEP
  let filled = 0
  const empty = (length: number): CacheArray => (type === 'f32' ? new Float32Array(length) : new Uint8Array(length))
  const zeros = () => Array.from({ length: layers }, () => empty(rows * headDim * room))
  let keys = zeros()
  let values = zeros()

  function grow(least: number): void {
    const before = room
    room = Math.ceil(least / CACHE_STEP) * CACHE_STEP
    const [oldKeys, oldValues] = [keys, values]
    keys = zeros()
    values = zeros()
    for (let layer = 0; layer < layers; layer++) {
      copyRows(oldKeys[layer], before, keys[layer], room, rows * headDim, filled)
      copyRows(oldValues[layer], before * headDim, values[layer], room * headDim, rows, filled * headDim)
    }
  }

  return {
    get filled() {
      return filled
    },
    inputs() {
      const inputs = new Map<string, Value>()
      for (let layer = 0; layer < layers; layer++) {
        inputs.set(`key_${layer}`, cacheValue(keys[layer], type, [sequences, kvHeads, headDim, room]))
        inputs.set(`value_${layer}`, cacheValue(values[layer], type, [sequences, kvHeads, room, headDim]))
      }
      return inputs
    },
    append(outputs, count) {
      if (filled + count > cacheLimit(config))
        throw new RangeError(`A cache for ${cacheLimit(config)} positions can't take ${filled + count}.`)
      if (filled + count > room) grow(filled + count)
      for (let layer = 0; layer < layers; layer++) {
        const [newKeys, newValues] = [outputs.get(`new_key_${layer}`), outputs.get(`new_value_${layer}`)]
        const length = newKeys?.dims[3] ?? 0
        writeRows(newKeys, length, keys[layer], room, { rows: rows * headDim, at: filled, count })
        writeRows(newValues, length * headDim, values[layer], room * headDim, {
          rows,
          at: filled * headDim,
          count: count * headDim,
        })
      }
      filled += count
    },
  }
}

function cacheValue(data: CacheArray | undefined, type: 'f32' | 'u8', dims: readonly number[]): Value {
  if (type === 'f32' && data instanceof Float32Array) return { type, dims, data }
  if (type === 'u8' && data instanceof Uint8Array) return { type, dims, data }
  throw new TypeError(`A cache of ${type} holds something else.`)
}

function copyRows(
  from: CacheArray | undefined,
  fromWidth: number,
  to: CacheArray | undefined,
  toWidth: number,
  rows: number,
  count: number,
): void {
  if (!from || !to) return
  for (let row = 0; row < rows; row++) to.set(from.subarray(row * fromWidth, row * fromWidth + count), row * toWidth)
}

function writeRows(
  from: Value | undefined,
  fromWidth: number,
  to: CacheArray | undefined,
  toWidth: number,
  { rows, at, count }: { rows: number; at: number; count: number },
): void {
  const data = from?.data
  if (!to || !(data instanceof Float32Array || data instanceof Uint8Array))
    throw new TypeError('A step of the decoder gave out no keys or values.')
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < count; i++) to[row * toWidth + at + i] = data[row * fromWidth + i] ?? 0
}
