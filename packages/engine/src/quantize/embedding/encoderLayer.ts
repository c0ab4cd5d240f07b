import { type Emitter, int, ints } from '../emit/emitter.ts'
import { roundHalfEven } from '../emit/quantized.ts'
import { byteMatrix, byteProduct, roundingLoss } from '../lower/byteProduct.ts'
import { BYTE_REACH, ZERO_BYTE } from '../lower/bytes.ts'
import { FINE_REACH, fineMatrix, fineProduct, toFine } from '../lower/fineProduct.ts'
import { mixedToFine } from '../lower/mixedToBytes.ts'
import { rootNorm, rootNormReach } from '../lower/rootNorm.ts'
import { type NormCalibration, normSpread } from '../lower/steps.ts'
import { WIDE_PLACES, WIDE_REACH, WIDE_ZERO, wideMixing } from '../lower/wideMixing.ts'
import type { EncoderLayerCalibration } from './encoderCalibration.ts'
import { ENCODER, type EncoderLayer, type LayerNorm, type Linear } from './encoderWeights.ts'

/** A stream: f64 [1, T, width], integers within ±reach, one worth `step`. */
export type EncoderScope = {
  readonly emitter: Emitter
  readonly x: string
  readonly width: number
  readonly reach: number
  readonly step: number
}

/** Bounds of a stream: its distance from its mean is at most twice as large, and squares of that are summed. */
export const streamReach = (width: number): number => Math.floor(rootNormReach(width) / 2) - 1

/** Calibration counts in bytes; fine integers reach as far in so many times smaller steps. */
const FINER = FINE_REACH / BYTE_REACH

/** Binary places of a bias. */
const BIAS_PLACES = 8

/** Attention of all pieces to all; f64 integers in steps of the stream that it is added to. */
export function attention(
  scope: EncoderScope,
  layer: EncoderLayer,
  calibration: EncoderLayerCalibration,
  step: number,
  hint: string,
): string {
  const { emitter } = scope
  const { heads } = ENCODER
  const size = layer.width / heads
  const { score, key, value, mixed } = calibration
  // Calibration counts in bytes; here the same reach has more steps.
  const finer = (steps: readonly number[]) => steps.map((own) => (own * BYTE_REACH) / WIDE_REACH)
  const steps = finer([...key.map((own) => score / own), ...key, ...value])
  const normed = fineLayerNorm(scope, calibration.attentionIn, `${hint}/attention in`)
  const { attentionIn, means } = calibration
  const read = {
    x: normed,
    norm: layer.attentionNorm,
    calibration: attentionIn,
    linear: layer.attentionIn,
    means: means.attentionIn,
  }
  const product = afterNorm({ ...scope, ...read, steps, hint: `${hint}/query key value` })
  const sum = emitter.node('Add', [product.sum, product.offsets(0)], {}, `${hint}/query key value/sum`)
  const clipped = emitter.node('Clip', [sum, emitter.f64(-WIDE_REACH), emitter.f64(WIDE_REACH)])
  const whole = emitter.node('Round', [clipped], {}, `${hint}/query key value/rounded`)
  const apart = emitter.node('Reshape', [whole, emitter.i64([1, -1, 3 * heads, size])])
  const parts = emitter.nodes('Split', [apart], { axis: int(2), num_outputs: int(3) }, 3, `${hint}/split`)
  const [queries = '', keys = '', values = ''] = parts.map((part, i) =>
    emitter.node('Transpose', [part], { perm: ints(i === 1 ? [0, 2, 3, 1] : [0, 2, 1, 3]) }, `${hint}/heads`),
  )
  const all = wideMixing({
    emitter,
    queries,
    keys,
    values,
    size,
    positions: ENCODER.positions,
    step: (score * (BYTE_REACH / WIDE_REACH) ** 2) / Math.sqrt(size),
    hint: `${hint}/mixed`,
  })
  const rows = emitter.node('Reshape', [
    emitter.node('Transpose', [all], { perm: ints([0, 2, 1, 3]) }),
    emitter.i64([1, -1, layer.width]),
  ])
  const held = mixedToFine({
    emitter,
    x: rows,
    valueSteps: finer(value),
    steps: mixed,
    places: WIDE_PLACES,
    zero: WIDE_ZERO,
    hint: `${hint}/mixed/bytes`,
  })
  return fineToStream({
    emitter,
    x: held,
    linear: layer.attentionOut,
    spread: mixed,
    means: means.mixed,
    step,
    hint: `${hint}/attention out`,
  })
}

/** down(max(up(x), 0)); f64 integers in steps of the stream. */
export function feedForward(
  scope: EncoderScope,
  layer: EncoderLayer,
  calibration: EncoderLayerCalibration,
  hint: string,
): string {
  const { emitter, step } = scope
  const { inner } = calibration
  const normed = fineLayerNorm(scope, calibration.feedForwardIn, `${hint}/feed-forward in`)
  const { feedForwardIn, means } = calibration
  const read = {
    x: normed,
    norm: layer.feedForwardNorm,
    calibration: feedForwardIn,
    linear: layer.up,
    means: means.feedForwardIn,
  }
  const product = afterNorm({ ...scope, ...read, steps: inner, hint: `${hint}/up` })
  // Bytes from 0: what is below is cut off anyway.
  const sum = emitter.node('Add', [product.sum, product.offsets(0)], {}, `${hint}/up/sum`)
  const clipped = emitter.node('Clip', [sum, emitter.f64(0), emitter.f64(255)], {}, `${hint}/up/clipped`)
  const bytes = emitter.cast(emitter.node('Round', [clipped], {}, `${hint}/up/rounded`), 'u8', `${hint}/inner`)
  return bytesToStream({
    emitter,
    x: bytes,
    linear: layer.down,
    spread: inner,
    means: means.inner,
    step,

    hint: `${hint}/down`,
  })
}

/** (x − mean) / deviation, times gains, as fine integers. What the norm adds is left to `afterNorm`. */
function fineLayerNorm(scope: EncoderScope, { gains, step: unit }: NormCalibration, hint: string): string {
  const { emitter, x, width, reach, step } = scope
  const sum = emitter.node('ReduceSum', [x, emitter.i64([-1])], { keepdims: int(1) }, `${hint}/sum`)
  // Widths are powers of two.
  const mean = emitter.node('Round', [emitter.node('Mul', [sum, emitter.f64(1 / width)])], {}, `${hint}/mean`)
  const centred = emitter.node('Sub', [x, mean], {}, `${hint}/centred`)
  const epsilon = ENCODER.epsilon / step ** 2
  const normed = rootNorm({ emitter, x: centred, width, reach: 2 * reach, epsilon, gains, unit: FINER / unit, hint })
  return toFine(emitter, normed, `${hint}/fine`)
}

type AfterNormParameters = {
  emitter: Emitter
  x: string
  norm: LayerNorm
  calibration: NormCalibration
  linear: Linear
  means: readonly number[]
  /** Step of each output. */
  steps: readonly number[]
  hint: string
}

/** A linear layer of what was normed, in given steps; its bias, with what the norm's bias comes to, waits to be added with an offset. */
function afterNorm({ emitter, x, norm, calibration, linear, means, steps, hint }: AfterNormParameters) {
  const width = norm.weight.length
  const spread = normSpread(norm.weight, calibration)
  const matrix = fineMatrix(linear.matrix, width, spread)
  const loss = roundingLoss(linear.matrix, matrix.steps, (i) => matrix.whole[i] ?? 0, spread, means)
  const factors = matrix.steps.map((step, i) => (step * calibration.step) / FINER / (steps[i] ?? 1))
  const bias = Array.from(linear.bias, (own, output) => {
    let sum = own + (loss[output] ?? 0) * calibration.step
    for (let i = 0; i < width; i++) sum += (norm.bias[i] ?? 0) * (linear.matrix[output * width + i] ?? 0)
    return sum / (steps[output] ?? 1)
  })
  return {
    sum: fineProduct({ emitter, x, matrix, factors, hint }),
    offsets: (zero: number) => emitter.f64(bias.map((own) => toPlaces(own + zero))),
  }
}

type ToStreamParameters = {
  emitter: Emitter
  x: string
  linear: Linear
  /** Step of each input in bytes, and how many of it the input is held as on average. */
  spread: readonly number[]
  means: readonly number[]
  step: number
  hint: string
}

function fineToStream({ emitter, x, linear, spread, means, step, hint }: ToStreamParameters): string {
  const matrix = fineMatrix(linear.matrix, spread.length, spread)
  const loss = roundingLoss(linear.matrix, matrix.steps, (i) => matrix.whole[i] ?? 0, spread, means)
  const factors = matrix.steps.map((own) => own / FINER / step)
  return biased(emitter, fineProduct({ emitter, x, matrix, factors, hint }), linear.bias, loss, step, hint)
}

/** Of bytes from 0. */
function bytesToStream({ emitter, x, linear, spread, means, step, hint }: ToStreamParameters): string {
  const matrix = byteMatrix(linear.matrix, spread.length, spread)
  const whole = (i: number) => (matrix.bytes[i] ?? ZERO_BYTE) - ZERO_BYTE
  const loss = roundingLoss(linear.matrix, matrix.steps, whole, spread, means)
  const factors = matrix.steps.map((own) => own / step)
  return biased(emitter, byteProduct({ emitter, x, matrix, factors, zero: 0, hint }), linear.bias, loss, step, hint)
}

function biased(
  emitter: Emitter,
  product: string,
  bias: Float32Array,
  loss: Float64Array,
  step: number,
  hint: string,
): string {
  const offsets = emitter.f64(Array.from(bias, (own, i) => toPlaces((own + (loss[i] ?? 0)) / step)))
  return emitter.node('Round', [emitter.node('Add', [product, offsets])], {}, `${hint}/rounded`)
}

const toPlaces = (real: number): number => roundHalfEven(real * 2 ** BIAS_PLACES) / 2 ** BIAS_PLACES
