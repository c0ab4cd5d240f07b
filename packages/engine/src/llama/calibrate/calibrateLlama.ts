import { loadRuntime } from '../../inference/onnx/loadRuntime.ts'
import { writeOnnxModel } from '../../onnx/index.ts'
import { balance, channelReach, type Samples } from '../../quantize/lower/balance.ts'
import { BYTE_REACH } from '../../quantize/lower/bytes.ts'
import { columnSteps, digits, normCalibration } from '../../quantize/lower/steps.ts'
import { headWeights, type LlamaConfig, type LlamaWeights, layerWeights, stacked } from '../checkpoint.ts'
import { createCache } from '../createCache.ts'
import { buildFloatLlama, type Watched } from '../float/buildFloatLlama.ts'
import { MAX_STEP } from '../positions.ts'
import type { LayerCalibration, LlamaCalibration } from './calibration.ts'

export type CalibrateLlamaParameters = {
  weights: LlamaWeights
  /** Token ids of texts as the model will read them; each at most the context's length. Some thousand tokens are enough. */
  texts: readonly ArrayLike<number>[]
}

/** Samples of each inner tensor that are kept. */
const KEPT_ROWS = 1024

type Seen = Map<string, { samples: Samples; most: number }>

/**
 * Runs the float model on texts and chooses the steps of the exact one. Throws `MissingRuntimeError` without ONNX Runtime. Float
 * results differ in their last digits between machines, and so may the outcome: keep it.
 */
export async function calibrateLlama({ weights, texts }: CalibrateLlamaParameters): Promise<LlamaCalibration> {
  const seen = await watchFloat(weights, texts)
  const { config } = weights
  const layers: LayerCalibration[] = []
  for (let layer = 0; layer < config.layers; layer++) layers.push(await layerCalibration(weights, seen, layer))
  const residual = Math.max(...Array.from({ length: config.layers }, (_, layer) => of(seen, layer, 'residual').most))
  const norm = (await weights.tensor('norm')).data
  const last = balance(of(seen, 'model', 'attentionIn').samples, await headWeights(weights))
  return { residual: digits(residual), layers, norm: normCalibration(last, norm) }
}

async function layerCalibration(weights: LlamaWeights, seen: Seen, layer: number): Promise<LayerCalibration> {
  const { config } = weights
  const tensors = await layerWeights(weights, layer)
  const samples = (what: Watched) => of(seen, layer, what).samples
  const attentionIn = balance(samples('attentionIn'), stacked(tensors.query, tensors.key, tensors.value))
  const feedForwardIn = balance(samples('feedForwardIn'), stacked(tensors.gate, tensors.up))
  return {
    attentionIn: normCalibration(attentionIn, tensors.attentionNorm),
    ...scoreSteps(config, channelReach(samples('query')), channelReach(samples('key'))),
    value: columnSteps(samples('value')),
    mixed: Array.from(balance(samples('mixed'), tensors.output), digits),
    feedForwardIn: normCalibration(feedForwardIn, tensors.feedForwardNorm),
    gate: digits(of(seen, layer, 'gate').most / 2047),
    inner: Array.from(balance(samples('inner'), tensors.down), digits),
  }
}

/** Queries times keys are held so that no pair of channels leaves its bytes and all pairs count alike. */
function scoreSteps({ heads, kvHeads, headDim }: LlamaConfig, query: Float64Array, key: Float64Array) {
  const half = headDim / 2
  const pairs = Array.from({ length: kvHeads * half }, (_, pair) => {
    const [head, i] = [Math.floor(pair / half), pair % half]
    const both = (reach: Float64Array, at: number) => Math.max(reach[at + i] ?? 0, reach[at + i + half] ?? 0)
    const group = heads / kvHeads
    const queries = Array.from({ length: group }, (_, g) => both(query, (head * group + g) * headDim))
    return { query: Math.max(...queries), key: both(key, head * headDim) }
  })
  const score = Math.max(...pairs.map((pair) => (pair.query / BYTE_REACH) * (pair.key / BYTE_REACH)))
  return { score: digits(score), key: pairs.map((pair) => digits(Math.sqrt((score * pair.key) / pair.query))) }
}

function of(seen: Seen, layer: number | 'model', what: Watched) {
  const found = seen.get(`${layer}/${what}`)
  if (!found) throw new RangeError(`Calibration saw no ${what} of layer ${layer}: it needs at least one text.`)
  return found
}

async function watchFloat(weights: LlamaWeights, texts: readonly ArrayLike<number>[]): Promise<Seen> {
  const names = new Map<string, string>()
  const watch = (layer: number | 'model', what: Watched, name: string) => names.set(name, `${layer}/${what}`)
  const model = await buildFloatLlama({ weights, everyPosition: true, watch })
  const runtime = await loadRuntime()
  const session = await runtime.InferenceSession.create(writeOnnxModel(model), { logSeverityLevel: 4 })
  const tokens = texts.reduce((sum, text) => sum + text.length, 0)
  const stride = Math.max(1, Math.ceil(tokens / KEPT_ROWS))
  const kept = new Map<string, { width: number; rows: Float32Array[]; most: number; count: number }>()
  for (const text of texts) {
    const cache = createCache(weights.config, 'f32')
    for (let at = 0; at < text.length; at += MAX_STEP) {
      const ids = Array.from(text).slice(at, at + MAX_STEP)
      const place = BigInt64Array.from(ids, (_, i) => BigInt(at + i))
      const feeds: Record<string, InstanceType<typeof runtime.Tensor>> = {
        ids: new runtime.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
        position: new runtime.Tensor('int64', place, [1, ids.length]),
      }
      for (const [name, { data, dims }] of cache.inputs())
        if (data instanceof Float32Array) feeds[name] = new runtime.Tensor('float32', data, dims)
      const outputs = await session.run(feeds)
      const values = new Map(
        Object.entries(outputs).flatMap(([name, { data, dims }]) =>
          data instanceof Float32Array ? [[name, { type: 'f32', dims, data }] as const] : [],
        ),
      )
      cache.append(values, ids.length)
      for (const [name, key] of names) keep(kept, key, values.get(name)?.data, ids.length, stride)
    }
  }
  await session.release()
  return new Map(
    Array.from(kept, ([key, { width, rows, most }]) => [key, { samples: { width, data: stacked(...rows) }, most }]),
  )
}

function keep(
  kept: Map<string, { width: number; rows: Float32Array[]; most: number; count: number }>,
  key: string,
  data: Float32Array | undefined,
  length: number,
  stride: number,
): void {
  if (!data) return
  const width = data.length / length
  const entry = kept.get(key) ?? { width, rows: [], most: 0, count: 0 }
  kept.set(key, entry)
  for (const value of data) entry.most = Math.max(entry.most, Math.abs(value))
  for (let row = 0; row < length; row++, entry.count++)
    if (entry.count % stride === 0) entry.rows.push(data.slice(row * width, (row + 1) * width))
}
