import { int, ints } from '../../quantize/emit/emitter.ts'
import { byteMatrix, byteProduct } from '../../quantize/lower/byteProduct.ts'
import { BYTE_REACH, toBytes, ZERO_BYTE } from '../../quantize/lower/bytes.ts'
import { mixedToBytes } from '../../quantize/lower/mixedToBytes.ts'
import { MIXED_PLACES, mixing } from '../../quantize/lower/mixing.ts'
import { normSpread } from '../../quantize/lower/steps.ts'
import type { LayerCalibration } from '../calibrate/calibration.ts'
import { type LlamaConfig, stacked } from '../checkpoint.ts'
import { cacheLimit, MAX_STEP } from '../positions.ts'
import { normedBytes } from './normed.ts'
import { TURN_PLACES } from './rotaryConstants.ts'
import type { Block, ExactScope } from './scope.ts'

/** Binary places that queries, keys and values have beyond their bytes until they are turned. */
const TURN_GUARD = 4

/** Grouped attention with rotary positions over cache and new positions; a passing tensor in steps of the residual stream. */
export function attention(scope: ExactScope, block: Block): string {
  const { emitter, config, inputs } = scope
  const { layer, tensors, calibration } = block
  const { headDim } = config
  const hint = `layer ${layer}`
  const normed = normedBytes(scope, block.x, calibration.attentionIn, `${hint}/attention in`)
  const matrix = byteMatrix(
    stacked(tensors.query, tensors.key, tensors.value),
    config.hidden,
    normSpread(tensors.attentionNorm, calibration.attentionIn),
  )
  const steps = outputSteps(config, calibration)
  const product = byteProduct({
    emitter,
    x: normed,
    matrix,
    factors: matrix.steps.map((step, i) => (step * calibration.attentionIn.step) / (steps[i] ?? 1)),
    hint: `${hint}/query key value`,
  })
  const rounded = emitter.node('Round', [product], {}, `${hint}/query key value`)
  const { queries, keys, values } = turned(scope, rounded, hint)
  emitter.output(keys, `new_key_${layer}`, 'u8')
  emitter.output(values, `new_value_${layer}`, 'u8')
  const zero = emitter.constant({ type: 'u8', dims: [], data: Uint8Array.of(ZERO_BYTE) })
  const pastKeys = inputs.keys[layer] ?? ''
  const scores = [pastKeys, keys].map((key) =>
    emitter.node('MatMulInteger', [queries, key, zero, zero], {}, `${hint}/scores`),
  )
  const shown = emitter.node(
    'Add',
    [emitter.node('Concat', scores, { axis: int(3) }, `${hint}/scores`), scope.hidden],
    {},
    `${hint}/scores/shown`,
  )
  const mixed = mixing({
    emitter,
    scores: shown,
    reach: headDim * ZERO_BYTE * BYTE_REACH,
    step: calibration.score / Math.sqrt(headDim),
    values: [inputs.values[layer] ?? '', values],
    parts: scope.parts,
    positions: cacheLimit(config) + MAX_STEP,
    hint: `${hint}/mixed`,
  })
  return written(scope, block, mixed)
}

/** Step in which each output of the product is rounded: queries, keys and values one after the other. */
function outputSteps({ heads, kvHeads, headDim }: LlamaConfig, { score, key, value }: LayerCalibration): number[] {
  const half = headDim / 2
  const guard = 2 ** TURN_GUARD
  const keySteps = Array.from({ length: kvHeads * headDim }, (_, i) => {
    const [head, channel] = [Math.floor(i / headDim), i % half]
    return (key[head * half + channel] ?? 1) / guard
  })
  const querySteps = Array.from({ length: heads * headDim }, (_, i) => {
    const [head, channel] = [Math.floor((Math.floor(i / headDim) * kvHeads) / heads), i % half]
    return score / (key[head * half + channel] ?? 1) / guard
  })
  return [...querySteps, ...keySteps, ...value.map((step) => step / guard)]
}

/**
 * Queries u8 [B, kvHeads, group · T, headDim] and keys u8 [B, kvHeads, headDim, T], turned by their positions, and values
 * u8 [B, kvHeads, T, headDim], from [B, T, channels of all three].
 */
function turned({ emitter, config, rotary }: ExactScope, x: string, hint: string) {
  const { heads, kvHeads, headDim } = config
  const split = emitter.node('Reshape', [x, emitter.i64([0, 0, heads + 2 * kvHeads, headDim])])
  const swapped = emitter.node('Gather', [split, rotary.swap], { axis: int(3) }, `${hint}/swapped`)
  const sum = emitter.node(
    'Add',
    [emitter.node('Mul', [split, rotary.cos]), emitter.node('Mul', [swapped, rotary.sin])],
    {},
    `${hint}/turned`,
  )
  const bytes = toBytes(emitter, sum, `${hint}/turned`, emitter.f64(2 ** -(TURN_PLACES + TURN_GUARD)))
  const sizes = emitter.i64([heads, kvHeads, kvHeads])
  const [query = '', key = '', value = ''] = emitter.nodes(
    'Split',
    [bytes, sizes],
    { axis: int(2) },
    3,
    `${hint}/split`,
  )
  const grouped = emitter.node('Reshape', [query, emitter.i64([0, 0, kvHeads, heads / kvHeads, headDim])])
  const rows = emitter.node('Transpose', [grouped], { perm: ints([0, 2, 3, 1, 4]) })
  return {
    queries: emitter.node('Reshape', [rows, emitter.i64([0, 0, -1, headDim])], {}, `${hint}/queries`),
    keys: emitter.node('Transpose', [key], { perm: ints([0, 2, 3, 1]) }, `${hint}/keys`),
    values: emitter.node('Transpose', [value], { perm: ints([0, 2, 1, 3]) }, `${hint}/values`),
  }
}

/** What the heads mixed, times the output matrix. */
function written(scope: ExactScope, { layer, tensors, calibration }: Block, mixed: string): string {
  const { emitter, config } = scope
  const { heads, kvHeads, headDim } = config
  const group = heads / kvHeads
  const hint = `layer ${layer}`
  const apart = emitter.node('Reshape', [mixed, emitter.i64([0, kvHeads, group, -1, headDim])])
  const rows = emitter.node('Transpose', [apart], { perm: ints([0, 3, 1, 2, 4]) })
  const flat = emitter.node('Reshape', [rows, emitter.i64([0, 0, heads * headDim])], {}, `${hint}/mixed/rows`)
  const valueSteps = calibration.mixed.map((_, i) => {
    const head = Math.floor(Math.floor(i / headDim) / group)
    return calibration.value[head * headDim + (i % headDim)] ?? 1
  })
  // Values were bytes with the 128 that stands for 0.
  const bytes = mixedToBytes({
    emitter,
    x: flat,
    valueSteps,
    steps: calibration.mixed,
    places: MIXED_PLACES,
    zero: ZERO_BYTE * 2 ** MIXED_PLACES,
    hint: `${hint}/mixed/bytes`,
  })
  const matrix = byteMatrix(tensors.output, heads * headDim, calibration.mixed)
  return byteProduct({
    emitter,
    x: bytes,
    matrix,
    factors: matrix.steps.map((step) => step / scope.step),
    hint: `${hint}/attention out`,
  })
}
