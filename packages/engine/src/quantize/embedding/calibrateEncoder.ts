import type { OnnxModel } from '../../onnx/index.ts'
import { balance, type Samples } from '../lower/balance.ts'
import { BYTE_REACH } from '../lower/bytes.ts'
import { FINE_REACH, FINE_WEIGHT_REACH } from '../lower/fineProduct.ts'
import { digits, normCalibration, normSpread } from '../lower/steps.ts'
import type { EncoderCalibration, EncoderLayerCalibration } from './encoderCalibration.ts'
import { ENCODER, type EncoderWeights, encoderWeights, type LayerNorm } from './encoderWeights.ts'
import { type Watched, watchEncoder } from './watchEncoder.ts'

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

/** Room beyond what was seen. A quarter costs a third of a bit; one value cut off may turn a whole embedding. */
const ROOM = 1.25
/** Least share of the furthest channel's reach: a channel that was always 0 has some step too. */
const LEAST = 1 / 1000
/**
 * The same for inner channels, which are 0 in most texts: how far one goes shows only where the right words meet. Over 3,000 texts that
 * were not calibrated on, this costs nothing on average (1 − cosine 1.55e-4 and not 1.54e-4) and leaves one value cut off and not ten.
 */
const LEAST_INNER = 2 / 3

export type CalibrateEncoderParameters = {
  /** The float encoder. */
  model: OnnxModel
  /** Ids of texts like those that will be embedded; some hundred sentences are enough. The steps are best for these. */
  usual: readonly ArrayLike<number>[]
  /** Ids of texts that need only fit. Channels that few words wake are as large as others then: every piece should occur. */
  odd: readonly ArrayLike<number>[]
}

/**
 * Runs the float encoder on texts and chooses the steps of the exact one. Float results differ in their last digits between machines, and so
 * may the outcome: keep it.
 */
export async function calibrateEncoder({ model, usual, odd }: CalibrateEncoderParameters): Promise<EncoderCalibration> {
  const kinds = Object.keys(WATCHED) as (keyof typeof WATCHED)[]
  const names = [READ, ...Array.from({ length: ENCODER.layers }, (_, i) => kinds.map((what) => nameOf(i, what))).flat()]
  const seen = await watchEncoder({ model, names, usual, odd })
  const weights = encoderWeights(model)
  const layers = weights.layers.map((_, index) => layerCalibration(weights, seen, index))
  const stream = weights.layers.flatMap((_, index) => [of(seen, index, 'attended'), of(seen, index, 'fed')])
  return {
    read: largest(watchedAs(seen, READ)),
    stream: Math.max(...stream.map(largest)),
    layers,
  }
}

function layerCalibration(weights: EncoderWeights, seen: Seen, index: number): EncoderLayerCalibration {
  const layer = weights.layers[index]
  if (!layer) throw new RangeError(`There is no layer ${index}.`)
  const { width, attentionNorm, feedForwardNorm } = layer
  const normed = (what: 'attentionIn' | 'feedForwardIn', norm: LayerNorm, matrix: Float32Array) => {
    const watched = withoutBias(of(seen, index, what), norm)
    const own = normCalibration(fineSteps(watched, matrix), norm.weight)
    const spread = Array.from(normSpread(norm.weight, own), (part) => part * own.step)
    return { own, means: meansOf(watched.samples, spread) }
  }
  const queryKeyValue = reachOf(of(seen, index, 'queryKeyValue'))
  const third = (part: number) => queryKeyValue.subarray(part * width, (part + 1) * width)
  const [queries, keys, values] = [third(0), third(1), third(2)]
  const score = queries.reduce((most, reach, i) => Math.max(most, (reach * (keys[i] ?? 0)) / BYTE_REACH ** 2), 0)
  const attentionIn = normed('attentionIn', attentionNorm, layer.attentionIn.matrix)
  const feedForwardIn = normed('feedForwardIn', feedForwardNorm, layer.up.matrix)
  const [mixed, inner] = [of(seen, index, 'mixed'), of(seen, index, 'inner')]
  const mixedSteps = Array.from(fineSteps(mixed, layer.attentionOut.matrix), digits)
  const innerSteps = Array.from(
    balance(inner.samples, layer.down.matrix, { held: 255, reach: reachOf(inner, LEAST_INNER) }),
    digits,
  )
  return {
    attentionIn: attentionIn.own,
    score: digits(score),
    key: Array.from(keys, (reach, i) => digits(Math.sqrt((score * reach) / (queries[i] ?? 1)))),
    value: Array.from(values, (reach) => digits(reach / BYTE_REACH)),
    mixed: mixedSteps,
    feedForwardIn: feedForwardIn.own,
    inner: innerSteps,
    means: {
      attentionIn: attentionIn.means,
      mixed: meansOf(mixed.samples, mixedSteps),
      feedForwardIn: feedForwardIn.means,
      inner: meansOf(inner.samples, innerSteps),
    },
  }
}

/** Steps of what a fine product reads, counted in bytes as all calibration is. */
function fineSteps(watched: Watched, matrix: Float32Array): Float64Array {
  const steps = balance(watched.samples, matrix, {
    held: FINE_REACH,
    weight: FINE_WEIGHT_REACH,
    reach: reachOf(watched),
  })
  return steps.map((step) => (step * FINE_REACH) / BYTE_REACH)
}

/** How far each channel is given to reach. */
function reachOf({ lo, hi }: Watched, least = LEAST): Float64Array {
  const reach = hi.map((most, i) => ROOM * Math.max(most, -(lo[i] ?? 0)))
  const furthest = reach.reduce((a, b) => Math.max(a, b), 0)
  return reach.map((own) => Math.max(own, least * furthest))
}

function meansOf({ width, data }: Samples, steps: readonly number[]): number[] {
  const sums = new Float64Array(width)
  for (let i = 0; i < data.length; i++) sums[i % width] = (sums[i % width] ?? 0) + (data[i] ?? 0)
  return Array.from(sums, (sum, i) => Number(((sum * width) / data.length / (steps[i] ?? 1)).toPrecision(3)))
}

function withoutBias({ samples: { width, data }, lo, hi }: Watched, { bias }: LayerNorm): Watched {
  return {
    samples: { width, data: data.map((value, i) => value - (bias[i % width] ?? 0)) },
    lo: lo.map((value, i) => value - (bias[i] ?? 0)),
    hi: hi.map((value, i) => value - (bias[i] ?? 0)),
  }
}

function largest({ lo, hi }: Watched): number {
  return digits(hi.reduce((most, value, i) => Math.max(most, value, -(lo[i] ?? 0)), 0))
}

type Seen = ReadonlyMap<string, Watched>

const nameOf = (index: number, what: keyof typeof WATCHED) => `${STACK}Layer_${index}/TransformerLayer/${WATCHED[what]}`
const of = (seen: Seen, index: number, what: keyof typeof WATCHED) => watchedAs(seen, nameOf(index, what))

function watchedAs(seen: Seen, name: string): Watched {
  const found = seen.get(name)
  if (!found) throw new RangeError(`Calibration did not see "${name}": it needs at least one text.`)
  return found
}
