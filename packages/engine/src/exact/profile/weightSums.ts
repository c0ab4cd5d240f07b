import { elementsOf, type Value } from '../value.ts'
import { unitOf } from './constantFacts.ts'

/** For each output channel of a product: its weights' unit, the sum of those above zero and the sum of those below, as magnitudes. */
export type ChannelSums = {
  readonly unit: Int32Array
  readonly positive: Float64Array
  readonly negative: Float64Array
}

/**
 * How a product reads its weights. A channel's output elements may differ in which of its weights they sum: each such set is a
 * phase. `slot` gives channel · phases + phase of the weight at an index.
 */
export type WeightLayout = { readonly channels: number; readonly phases: number; slot(index: number): number }

/** Sums over constant weights, computed once for each tensor: they do not change with the lengths of a request. */
export class WeightSums {
  readonly #cache = new WeakMap<object, Map<string, ChannelSums>>()

  /** Sums of the weights less `zero`; `name` tells layout and zero from others that a graph uses on weights of this shape. */
  of(weights: Value, name: string, zero: number, layout: WeightLayout): ChannelSums {
    // The shape too: a reshaped constant has the same memory, and other sums.
    const form = `${name} [${weights.dims}]`
    const forms = this.#cache.get(weights.data) ?? new Map<string, ChannelSums>()
    this.#cache.set(weights.data, forms)
    const known = forms.get(form)
    if (known) return known
    const sums = sumWeights(weights, zero, layout)
    forms.set(form, sums)
    return sums
  }
}

function sumWeights({ data, dims }: Value, zero: number, { channels, phases, slot }: WeightLayout): ChannelSums {
  const scratch = new DataView(new ArrayBuffer(8))
  const unit = new Int32Array(channels)
  const [up, down] = [new Float64Array(channels * phases), new Float64Array(channels * phases)]
  const count = elementsOf(dims)
  for (let i = 0; i < count; i++) {
    const weight = Number(data[i]) - zero
    if (weight === 0) continue
    const at = slot(i)
    if (weight > 0) up[at] = (up[at] ?? 0) + weight
    else down[at] = (down[at] ?? 0) - weight
    if (Number.isInteger(weight)) continue
    const channel = Math.floor(at / phases)
    unit[channel] = Math.min(unit[channel] ?? 0, unitOf(weight, scratch))
  }
  return { unit, positive: greatest(up, channels, phases), negative: greatest(down, channels, phases) }
}

/** The greatest sum among each channel's phases. */
function greatest(sums: Float64Array, channels: number, phases: number): Float64Array {
  return Float64Array.from({ length: channels }, (_, c) =>
    sums.subarray(c * phases, (c + 1) * phases).reduce((a, b) => Math.max(a, b), 0),
  )
}
