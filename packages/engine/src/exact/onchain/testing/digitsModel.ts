import type { OnnxModel } from '../../../onnx/model.ts'
import { Emitter, int } from '../../../quantize/emit/emitter.ts'
import { CLASSES, type Glyph, SIDE } from './glyphs.ts'

const INPUTS = SIDE * SIDE
/** Largest whole number that a trained weight becomes. */
const REACH = 127

/** A dense layer in floats: [inputs, outputs] and a bias. */
type Dense = { readonly outputs: number; readonly weights: Float64Array; readonly bias: Float64Array }

/**
 * Trains a classifier of digits by plain descent, one example at a time, and writes it as an exact graph: 64 pixels, `hidden` numbers of a byte (none: a linear
 * model), ten scores and the place of the best.
 */
export function digitsModel(examples: readonly Glyph[], hidden: number, random: () => number): OnnxModel {
  const widths = hidden === 0 ? [INPUTS, CLASSES] : [INPUTS, hidden, CLASSES]
  const layers = widths.slice(1).map((outputs, i): Dense => {
    const inputs = widths[i] ?? 0
    const weights = Float64Array.from({ length: inputs * outputs }, () => (random() - 0.5) / Math.sqrt(inputs / 6))
    return { outputs, weights, bias: new Float64Array(outputs) }
  })
  for (let epoch = 0; epoch < 6; epoch++) for (const glyph of examples) learn(layers, glyph, 0.03 / (1 + epoch))
  return graphOf(layers, largestHidden(layers, examples))
}

function forward({ outputs, weights, bias }: Dense, inputs: Float64Array): Float64Array {
  const made = bias.slice()
  for (const [i, input] of inputs.entries())
    for (let j = 0; j < outputs; j++) made[j] = (made[j] ?? 0) + input * (weights[i * outputs + j] ?? 0)
  return made
}

/** Pixels of 0 to 1, then what each layer gives, with a ReLU behind all but the last. */
function activations(layers: readonly Dense[], { pixels }: Glyph): Float64Array[] {
  const all: Float64Array[] = [Float64Array.from(pixels, (pixel) => pixel / 255)]
  for (const layer of layers) {
    const made = forward(layer, all.at(-1) ?? new Float64Array())
    all.push(layer === layers.at(-1) ? made : made.map((x) => Math.max(x, 0)))
  }
  return all
}

/** One step down the gradient of the cross entropy. */
function learn(layers: readonly Dense[], glyph: Glyph, rate: number): void {
  const all = activations(layers, glyph)
  const scores = all.at(-1) ?? new Float64Array()
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)))
  const sum = powers.reduce((total, power) => total + power, 0)
  let errors = powers.map((power, j) => power / sum - (j === glyph.digit ? 1 : 0))
  for (const [l, { outputs, weights, bias }] of [...layers.entries()].reverse()) {
    const inputs = all[l] ?? new Float64Array()
    const before = inputs.map((input, i) =>
      l > 0 && input === 0 ? 0 : errors.reduce((total, error, j) => total + error * (weights[i * outputs + j] ?? 0), 0),
    )
    for (const [j, error] of errors.entries()) {
      bias[j] = (bias[j] ?? 0) - rate * error
      for (const [i, input] of inputs.entries())
        weights[i * outputs + j] = (weights[i * outputs + j] ?? 0) - rate * error * input
    }
    errors = before
  }
}

const largestHidden = (layers: readonly Dense[], examples: readonly Glyph[]): number =>
  layers.length === 1
    ? 1
    : examples.reduce((most, glyph) => Math.max(most, ...(activations(layers, glyph)[1] ?? [])), 1e-9)

/** Weights of 8 bits; a hidden number is scaled so that the largest that was seen is about 255, by a multiplication with a multiple of 2^-16. */
function graphOf(layers: readonly Dense[], largest: number): OnnxModel {
  const emit = new Emitter()
  let read = emit.cast(emit.input('pixels', 'u8', [1, INPUTS]), 'f64')
  // What one unit of the numbers read stands for.
  let unit = 1 / 255
  for (const [l, layer] of layers.entries()) {
    const step = layer.weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / REACH
    const weights = layer.weights.map((weight) => Math.round(weight / step))
    const bias = layer.bias.map((number) => Math.round(number / step / unit))
    const product = emit.node('MatMul', [read, emit.f64(weights, [weights.length / layer.outputs, layer.outputs])])
    read = emit.node('Add', [product, emit.f64(bias)])
    if (l === layers.length - 1) break
    const scale = Math.round(((step * unit * 255) / largest) * 2 ** 16) * 2 ** -16
    const scaled = emit.node('Mul', [read, emit.f64(scale)])
    read = emit.node('Round', [emit.node('Clip', [scaled, emit.f64(0), emit.f64(255)])])
    unit = largest / 255
  }
  const scores = emit.cast(read, 'i32')
  emit.output(scores, 'scores', 'i32')
  emit.output(emit.node('ArgMax', [scores], { axis: int(1), keepdims: int(0) }), 'digit', 'i64')
  return emit.model()
}
