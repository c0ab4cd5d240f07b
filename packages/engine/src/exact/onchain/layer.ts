/** A dense layer: outputs[j] = clip(round(Σ inputs[i] · weights[i, j] + bias[j]), lo, hi). Weights and biases are multiples of a power of two. */
export type Layer = {
  readonly inputs: number
  readonly outputs: number
  /** [inputs, outputs]. */
  readonly weights: Float64Array
  readonly bias: Float64Array
  /** Whole numbers, or infinite where nothing is clipped. */
  readonly lo: number
  readonly hi: number
}

/** The layer with another clip behind its own. */
export function clipped(layer: Layer, lo: number, hi: number): Layer {
  const within = (bound: number) => Math.min(Math.max(bound, lo), hi)
  return { ...layer, lo: within(layer.lo), hi: within(layer.hi) }
}

/** The layer times a factor of each output, plus an offset of each. */
export function rescaled(layer: Layer, factor: (output: number) => number, offset: (output: number) => number): Layer {
  const { outputs } = layer
  return {
    ...layer,
    weights: layer.weights.map((weight, i) => weight * factor(i % outputs)),
    bias: layer.bias.map((bias, j) => bias * factor(j) + offset(j)),
  }
}
