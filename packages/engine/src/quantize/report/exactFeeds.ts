import type { Feed, Feeds } from '../calibrate/observe.ts'
import type { ImageInput, InputForm } from '../emit/input.ts'
import { toGrid } from '../emit/quantized.ts'
import { InvalidSamplesError } from '../errors.ts'

/** The inputs of the exact graph that stand for those of the float one: the nearest that it takes. */
export function exactFeeds(feeds: Feeds, forms: ReadonlyMap<string, InputForm>): Feeds {
  return new Map(
    [...feeds].map(([name, feed]) => {
      const form = forms.get(name)
      if (!form || feed.type !== 'float32') throw new InvalidSamplesError(`"${name}" is no input of real numbers`)
      return [name, form.kind === 'image' ? pixelsOf(feed, form) : integersOf(feed, form)]
    }),
  )
}

type Floats = Extract<Feed, { type: 'float32' }>

function integersOf({ dims, data }: Floats, form: Extract<InputForm, { kind: 'integers' }>): Feed {
  return { type: 'int32', dims, data: Int32Array.from(data, (real) => toGrid(real, form)) }
}

/** Grey levels in place of planes. */
function pixelsOf({ dims, data }: Floats, { scale, offset, planes }: ImageInput): Feed {
  const [batch = 1, channels = 3, height = 1, width = 1] = dims
  const size = height * width
  const pixels = new Uint8Array(batch * size * channels)
  for (let image = 0; image < batch; image++) {
    for (let plane = 0; plane < channels; plane++) {
      const [factor, shift, channel] = [scale[plane] ?? 1, offset[plane] ?? 0, planes === 'bgr' ? 2 - plane : plane]
      const from = (image * channels + plane) * size
      for (let i = 0; i < size; i++) {
        const level = Math.round(((data[from + i] ?? 0) - shift) / factor)
        pixels[(image * size + i) * channels + channel] = Math.min(255, Math.max(0, level))
      }
    }
  }
  return { type: 'uint8', dims: [batch, height, width, channels], data: pixels }
}
