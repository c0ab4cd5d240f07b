import { loadRuntime } from '../../inference/onnx/loadRuntime.ts'
import { type OnnxModel, writeOnnxModel } from '../../onnx/index.ts'
import { balance, channelReach, type Samples } from '../lower/balance.ts'
import { BYTE_REACH } from '../lower/bytes.ts'
import { columnSteps, digits, normCalibration, normSpread } from '../lower/steps.ts'
import type { EncoderCalibration, EncoderLayerCalibration } from './encoderCalibration.ts'
import { ENCODER, type EncoderWeights, encoderWeights, type LayerNorm } from './encoderWeights.ts'

const STACK = 'module_apply_default/Encoder_en/KonaTransformer/Encode/TransformerStack/'
const READ = `${STACK}Layer_0/add`
const WATCHED = {
  attentionIn: 'layer_prepostprocess/layer_norm/add_1',
  queryKeyValue: 'MultiheadAttention/qkv_transform_single/BiasAdd',
  mixed: 'MultiheadAttention/combine_heads/combine_last_two_dimensions/Reshape',
  attended: 'layer_postprocess/add',
  feedForwardIn: 'FFN/layer_prepostprocess/layer_norm/add_1',
  inner: 'FFN/conv1/Relu',
  fed: 'FFN/layer_postprocess/add',
} as const

/**
 * Runs the float encoder on texts, given by their pieces' ids, and chooses the steps of the exact one. Some hundred sentences are enough.
 * Float results differ in their last digits between machines, and so may the outcome: keep it.
 */
export async function calibrateEncoder(
  model: OnnxModel,
  texts: readonly ArrayLike<number>[],
): Promise<EncoderCalibration> {
  const seen = await watchFloat(model, texts)
  const weights = encoderWeights(model)
  const layers = weights.layers.map((_, index) => layerCalibration(weights, seen, index))
  const stream = weights.layers.flatMap((_, index) => [of(seen, index, 'attended'), of(seen, index, 'fed')])
  return {
    read: largest(samplesOf(seen, READ)),
    stream: Math.max(...stream.map(largest)),
    layers,
  }
}

function layerCalibration(weights: EncoderWeights, seen: Seen, index: number): EncoderLayerCalibration {
  const layer = weights.layers[index]
  if (!layer) throw new RangeError(`There is no layer ${index}.`)
  const { width, attentionNorm, feedForwardNorm } = layer
  const normed = (what: 'attentionIn' | 'feedForwardIn', norm: LayerNorm, matrix: Float32Array) => {
    const samples = withoutBias(of(seen, index, what), norm)
    const own = normCalibration(balance(samples, matrix), norm.weight)
    return {
      own,
      means: meansOf(
        samples,
        Array.from(normSpread(norm.weight, own), (spread) => spread * own.step),
      ),
    }
  }
  const held = (what: 'mixed' | 'inner', matrix: Float32Array, most?: number) => {
    const samples = of(seen, index, what)
    const steps = Array.from(balance(samples, matrix, most), digits)
    return { steps, means: meansOf(samples, steps) }
  }
  const [query, key, value] = thirds(of(seen, index, 'queryKeyValue'), width)
  const [queries, keys] = [channelReach(query), channelReach(key)]
  const score = queries.reduce((most, reach, i) => Math.max(most, (reach * (keys[i] ?? 0)) / BYTE_REACH ** 2), 0)
  const attentionIn = normed('attentionIn', attentionNorm, layer.attentionIn.matrix)
  const feedForwardIn = normed('feedForwardIn', feedForwardNorm, layer.up.matrix)
  const mixed = held('mixed', layer.attentionOut.matrix)
  const inner = held('inner', layer.down.matrix, 255)
  return {
    attentionIn: attentionIn.own,
    score: digits(score),
    key: Array.from(keys, (reach, i) => digits(Math.sqrt((score * reach) / (queries[i] ?? 1)))),
    value: columnSteps(value),
    mixed: mixed.steps,
    feedForwardIn: feedForwardIn.own,
    inner: inner.steps,
    means: {
      attentionIn: attentionIn.means,
      mixed: mixed.means,
      feedForwardIn: feedForwardIn.means,
      inner: inner.means,
    },
  }
}

function meansOf({ width, data }: Samples, steps: readonly number[]): number[] {
  const sums = new Float64Array(width)
  for (let i = 0; i < data.length; i++) sums[i % width] = (sums[i % width] ?? 0) + (data[i] ?? 0)
  return Array.from(sums, (sum, i) => Number(((sum * width) / data.length / (steps[i] ?? 1)).toPrecision(3)))
}

function withoutBias({ width, data }: Samples, { bias }: LayerNorm): Samples {
  return { width, data: data.map((value, i) => value - (bias[i % width] ?? 0)) }
}

function thirds({ data }: Samples, width: number): [Samples, Samples, Samples] {
  const rows = data.length / width / 3
  const third = (part: number): Samples => ({
    width,
    data: Float32Array.from({ length: rows * width }, (_, i) => {
      const [row, channel] = [Math.floor(i / width), i % width]
      return data[row * 3 * width + part * width + channel] ?? 0
    }),
  })
  return [third(0), third(1), third(2)]
}

function largest({ data }: Samples): number {
  return digits(data.reduce((most, value) => Math.max(most, Math.abs(value)), 0))
}

type Seen = Map<string, Samples>

const nameOf = (index: number, what: keyof typeof WATCHED) => `${STACK}Layer_${index}/TransformerLayer/${WATCHED[what]}`
const of = (seen: Seen, index: number, what: keyof typeof WATCHED) => samplesOf(seen, nameOf(index, what))

function samplesOf(seen: Seen, name: string): Samples {
  const found = seen.get(name)
  if (!found) throw new RangeError(`Calibration did not see "${name}": it needs at least one text.`)
  return found
}

async function watchFloat(model: OnnxModel, texts: readonly ArrayLike<number>[]): Promise<Seen> {
  const kinds = Object.keys(WATCHED) as (keyof typeof WATCHED)[]
  const names = [READ, ...Array.from({ length: ENCODER.layers }, (_, i) => kinds.map((what) => nameOf(i, what))).flat()]
  const watched = { ...model, outputs: names.map((name) => ({ name, type: 'f32' as const, dims: undefined })) }
  const runtime = await loadRuntime()
  const session = await runtime.InferenceSession.create(writeOnnxModel(watched), { logSeverityLevel: 4 })
  const parts = new Map<string, { width: number; rows: Float32Array[] }>()
  for (const ids of texts) {
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
      const entry = parts.get(name) ?? { width: dims.at(-1) ?? 1, rows: [] }
      parts.set(name, entry)
      entry.rows.push(Float32Array.from(data))
    }
  }
  await session.release()
  return new Map(Array.from(parts, ([name, { width, rows }]) => [name, { width, data: joined(rows) }]))
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
