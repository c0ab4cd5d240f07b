import { DTYPE_BYTES, type Tensor } from '@stoa/protocol'
import type { Image } from '../../../../inference/ocr/image/image.ts'
import type { OwnRun } from '../../../dispute/ownRun.ts'
import type { ExactGraph } from '../../../profile/index.ts'
import type { Value } from '../../../value.ts'
import { exactNetworks } from '../../exactNetworks.ts'
import type { Keys } from '../../reading/readKeys.ts'
import { readPage } from '../../readPage.ts'
import { openPageTrace, type PageTrace } from '../../trace/openPageTrace.ts'

/** A model of the task "ocr": its two graphs and its dictionary. */
export type PageModel = {
  readonly graphs: Readonly<Record<'det.onnx' | 'rec.onnx', ExactGraph>>
  readonly keys: Uint8Array
}

export type GraphFile = keyof PageModel['graphs']

/** A run of a graph on an image; place 0 is the detector's, i + 1 the recogniser's of piece i. */
export type RunGraphOf = (file: GraphFile, image: Tensor, place: number) => Promise<OwnRun>

/** Someone who read a page: what of it is committed to, and runs of the graphs on what the trace has for their input. */
export type PageReader = { readonly trace: PageTrace; readonly runOf: RunGraphOf }

export const imageInput = ({ dims, data }: Pick<Tensor, 'dims' | 'data'>): ReadonlyMap<string, Value> =>
  new Map([['image', { type: 'u8', dims, data }]])

/** Reads a page with whatever runs `runOf` makes: what follows from them is done rightly. */
export async function readWith(runOf: RunGraphOf, { page, keys }: { page: Image; keys: Keys }): Promise<PageReader> {
  let pieces = 0
  const outputs = async (file: GraphFile, inputs: ReadonlyMap<string, Value>) => {
    const image = inputs.get('image')
    if (image?.type !== 'u8') throw new TypeError('the graph was given no image')
    const tensor = { name: 'image', dtype: image.type, dims: image.dims, data: image.data as Uint8Array }
    return (await runOf(file, tensor, file === 'det.onnx' ? 0 : ++pieces)).outputs
  }
  const networks = exactNetworks({
    detector: (inputs) => outputs('det.onnx', inputs),
    recogniser: (inputs) => outputs('rec.onnx', inputs),
    alphabet: keys.alphabet,
  })
  return { trace: openPageTrace({ page, keys, reading: await readPage(networks, page) }), runOf }
}

/** A reading of which some entries are others; the response is the last three. */
export function toldOf(
  { trace, runOf }: PageReader,
  changes: ReadonlyMap<number, (tensor: Tensor) => Tensor>,
): PageReader {
  const tensor = (index: number) => {
    const own = trace.tensor(index)
    return changes.get(index)?.(own) ?? own
  }
  const response = [3, 2, 1].map((back) => tensor(trace.entries - back))
  return { trace: { entries: trace.entries, response, tensor }, runOf }
}

/** The last bit of an element changed. */
export function bitTurned(tensor: Tensor, element: number): Tensor {
  const data = tensor.data.slice()
  const at = element * DTYPE_BYTES[tensor.dtype]
  data[at] = (data[at] ?? 0) ^ 1
  return { ...tensor, data }
}
