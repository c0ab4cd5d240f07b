import { loadRuntime } from '../../inference/onnx/loadRuntime.ts'
import { type OnnxModel, writeOnnxModel } from '../../onnx/index.ts'
import type { Samples } from '../lower/balance.ts'
import { ENCODER } from './encoderWeights.ts'

/** What a tensor of the float encoder was seen to be. */
export type Watched = {
  /** Rows of the usual texts. */
  readonly samples: Samples
  /** Least and largest value of each channel, over all texts. */
  readonly lo: Float64Array
  readonly hi: Float64Array
}

export type WatchEncoderParameters = {
  /** The float encoder. */
  model: OnnxModel
  /** Tensors to watch. */
  names: readonly string[]
  /** Ids of texts like those that will be embedded: their rows are kept. */
  usual: readonly ArrayLike<number>[]
  /** Ids of texts that show only how far values go. */
  odd: readonly ArrayLike<number>[]
}

type Seen = {
  readonly width: number
  readonly rows: Float32Array[]
  readonly lo: Float64Array
  readonly hi: Float64Array
}

/** Runs the float encoder on each text and looks at inner tensors. Throws `MissingRuntimeError` without ONNX Runtime. */
export async function watchEncoder({
  model,
  names,
  usual,
  odd,
}: WatchEncoderParameters): Promise<Map<string, Watched>> {
  const runtime = await loadRuntime()
  const watched = { ...model, outputs: names.map((name) => ({ name, type: 'f32' as const, dims: undefined })) }
  const session = await runtime.InferenceSession.create(writeOnnxModel(watched), { logSeverityLevel: 4 })
  const seen = new Map<string, Seen>()
  for (const [nth, ids] of [...usual, ...odd].entries()) {
    const count = Math.min(ids.length, ENCODER.positions)
    if (count === 0) continue
    const values = BigInt64Array.from({ length: count }, (_, i) => BigInt(ids[i] ?? 0))
    const indices = BigInt64Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 0n : BigInt(i >> 1)))
    const results = await session.run({
      values: new runtime.Tensor('int64', values, [count]),
      indices: new runtime.Tensor('int64', indices, [count, 2]),
    })
    for (const [name, { data, dims }] of Object.entries(results)) {
      if (!(data instanceof Float32Array)) continue
      const entry = seen.get(name) ?? nothingSeen(dims.at(-1) ?? 1)
      seen.set(name, entry)
      widen(entry, data)
      if (nth < usual.length) entry.rows.push(Float32Array.from(data))
    }
  }
  await session.release()
  return new Map(
    Array.from(seen, ([name, { width, rows, lo, hi }]) => [name, { samples: { width, data: joined(rows) }, lo, hi }]),
  )
}

function nothingSeen(width: number): Seen {
  const ends = (value: number) => new Float64Array(width).fill(value)
  return { width, rows: [], lo: ends(Number.POSITIVE_INFINITY), hi: ends(Number.NEGATIVE_INFINITY) }
}

function widen({ width, lo, hi }: Seen, data: Float32Array): void {
  for (let i = 0, channel = 0; i < data.length; i++, channel = (channel + 1) % width) {
    const value = data[i] ?? 0
    if (value < (lo[channel] ?? 0)) lo[channel] = value
    if (value > (hi[channel] ?? 0)) hi[channel] = value
  }
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const row of rows) {
    all.set(row, at)
    at += row.length
  }
  return all
}
