import type { OnnxModel } from '../../onnx/model.ts'
import { type Feeds, observe, type Seen } from '../calibrate/observe.ts'
import { ofChannel } from '../emit/held.ts'
import type { InputForm } from '../emit/input.ts'
import type { Layer, QuantizedModel } from '../quantizeModel.ts'
import { exactFeeds } from './exactFeeds.ts'

/** How far a tensor of the exact graph is from the float one, over all samples. */
export type LayerError = {
  readonly name: string
  readonly op: string
  /** Signal to quantisation noise: 10 · log₁₀(Σ x² / Σ (x̂ − x)²), in dB. */
  readonly sqnr: number
  readonly cosine: number
  /** Integers that the exact tensor may hold. */
  readonly lo: number
  readonly hi: number
}

export type CompareLayersParameters = {
  /** The float model. */
  model: OnnxModel
  quantized: Pick<QuantizedModel, 'model' | 'layers'>
  inputs: ReadonlyMap<string, InputForm>
  samples: readonly Feeds[]
}

/** Runs both graphs with ONNX Runtime on the same samples and compares the tensors that they have in common, one sample at a time. */
export async function compareLayers({
  model,
  quantized,
  inputs,
  samples,
}: CompareLayersParameters): Promise<LayerError[]> {
  const sums = new Map(quantized.layers.map((layer) => [layer.name, new Sums()]))
  const names = [...sums.keys()]
  for (const sample of samples) {
    const floats = new Map<string, Float32Array>()
    await observe({ model, names, samples: [sample], watch: (name, { data }) => floats.set(name, data.slice()) })
    await observe({
      model: quantized.model,
      names: quantized.layers.map(({ held }) => held.name),
      samples: [exactFeeds(sample, inputs)],
      watch(name, seen) {
        for (const layer of quantized.layers.filter(({ held }) => held.name === name))
          sums.get(layer.name)?.add(layer, floats.get(layer.name), seen)
      },
    })
  }
  return quantized.layers.map(({ name, op, held: { lo, hi } }) => ({
    name,
    op,
    lo,
    hi,
    ...(sums.get(name) ?? new Sums()).result(),
  }))
}

class Sums {
  #float = 0
  #exact = 0
  #both = 0
  #error = 0

  add({ held }: Layer, floats: Float32Array | undefined, { data, dims }: Seen): void {
    const axis = dims.length === 4 ? 1 : dims.length - 1
    const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
    const channels = dims[axis] ?? 1
    for (let i = 0; i < data.length; i++) {
      const c = Math.floor(i / inner) % channels
      const exact = (data[i] as number) * ofChannel(held.scales, c) + ofChannel(held.shifts, c)
      const float = floats?.[i] ?? 0
      this.#float += float * float
      this.#exact += exact * exact
      this.#both += float * exact
      this.#error += (exact - float) ** 2
    }
  }

  result(): { sqnr: number; cosine: number } {
    const norm = Math.sqrt(this.#float * this.#exact)
    return { sqnr: 10 * Math.log10(this.#float / this.#error), cosine: norm === 0 ? 1 : this.#both / norm }
  }
}
