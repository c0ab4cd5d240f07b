import { NotSmallModelError } from './errors.ts'
import type { Layer } from './layer.ts'

/** Bytes that a data contract holds besides its first: EIP-170. */
export const MOST_MODEL_BYTES = 24_575
const MOST_LAYERS = 8
const MOST_LENGTH = 2 ** 16 - 1

const VERSION = 1
const HEADER_BYTES = 4
const LAYER_HEADER_BYTES = 18
const OUTPUT_BYTES = 17
const ZERO_WEIGHT = 128
const [LEAST_I64, MOST_I64] = [-(2n ** 63n), 2n ** 63n - 1n]

/**
 * Lays layers out as `SmallModels` reads them (specs/on-chain-models.md, "Layout"). Every layer but the last has bounds within 0 and 255.
 * Throws `NotSmallModelError` for weights that take more than 8 bits and for models that are too large.
 */
export function encodeSmallModel(layers: readonly Layer[]): Uint8Array {
  const bytes =
    HEADER_BYTES +
    layers.reduce((sum, { inputs, outputs }) => sum + LAYER_HEADER_BYTES + outputs * (OUTPUT_BYTES + inputs), 0)
  if (layers.length === 0 || layers.length > MOST_LAYERS)
    throw new NotSmallModelError(`it has ${layers.length} layers, needed are 1 to ${MOST_LAYERS}`)
  if (layers.some(({ inputs, outputs }) => Math.max(inputs, outputs) > MOST_LENGTH))
    throw new NotSmallModelError(`it has a layer of more than ${MOST_LENGTH} inputs or outputs`)
  if (bytes > MOST_MODEL_BYTES)
    throw new NotSmallModelError(`it would take ${bytes} bytes, a contract holds ${MOST_MODEL_BYTES}`)
  const view = new DataView(new ArrayBuffer(bytes))
  view.setUint8(0, VERSION)
  view.setUint8(1, layers.length)
  view.setUint16(2, layers[0]?.inputs ?? 0)
  let offset = HEADER_BYTES
  for (const layer of layers) offset = writeLayer(view, offset, layer)
  return new Uint8Array(view.buffer)
}

/** Returns the offset behind the layer. */
function writeLayer(view: DataView, offset: number, layer: Layer): number {
  const { inputs, outputs, lo, hi } = layer
  view.setUint16(offset, outputs)
  view.setBigInt64(offset + 2, boundOf(lo))
  view.setBigInt64(offset + 10, boundOf(hi))
  const start = offset + LAYER_HEADER_BYTES
  const weights = start + outputs * OUTPUT_BYTES
  for (let j = 0; j < outputs; j++) {
    const column = columnOf(layer, j)
    const at = start + j * OUTPUT_BYTES
    view.setBigInt64(at, BigInt(column.multiplier))
    view.setBigInt64(at + 8, BigInt(column.bias))
    view.setUint8(at + 16, column.shift)
    for (const [i, weight] of column.weights.entries()) view.setUint8(weights + i * outputs + j, weight + ZERO_WEIGHT)
  }
  return weights + inputs * outputs
}

/** A bound that no number of the profile reaches is the last one that 64 bits hold. */
function boundOf(bound: number): bigint {
  if (bound <= -(2 ** 63)) return LEAST_I64
  return bound >= 2 ** 63 ? MOST_I64 : BigInt(bound)
}

/** An output's weights as whole numbers of 8 bits times a multiplier, all of it and the bias over 2^shift. */
function columnOf({ inputs, outputs, weights, bias }: Layer, output: number) {
  const numbers = Array.from({ length: inputs }, (_, i) => weights[i * outputs + output] ?? 0)
  const offset = bias[output] ?? 0
  const shift = [...numbers, offset].reduce((most, number) => Math.max(most, shiftOf(number)), 0)
  const whole = numbers.map((number) => number * 2 ** shift)
  const multiplier = whole.reduce(greatestDivisor, 0) || 1
  const small = whole.map((number) => number / multiplier)
  const shifted = offset * 2 ** shift
  if (shift > 255 || !Number.isSafeInteger(shifted) || !whole.every(Number.isSafeInteger))
    throw new NotSmallModelError(`output ${output} of a layer has weights or a bias of more than 53 bits`)
  if (small.some((weight) => weight < -ZERO_WEIGHT || weight >= ZERO_WEIGHT))
    throw new NotSmallModelError(`output ${output} of a layer has weights that are not -128 to 127 times one number`)
  return { multiplier, weights: small, bias: shifted, shift }
}

/** The least power of two that makes a whole number of it. */
function shiftOf(number: number): number {
  let shift = 0
  for (let scaled = number; !Number.isInteger(scaled); scaled *= 2) shift++
  return shift
}

function greatestDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)]
  while (y > 0) [x, y] = [y, x % y]
  return x
}
