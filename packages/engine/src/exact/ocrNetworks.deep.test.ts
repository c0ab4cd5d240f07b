import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { ocrFiles } from '../inference/ocr/testing/ocrFiles.ts'
import { writeOnnxModel } from '../onnx/writeOnnxModel.ts'
import { convertOcrNetwork } from '../quantize/ocr/convertOcrNetwork.ts'
import { OCR_NETWORKS } from '../quantize/ocr/ocrNetworks.ts'
import { openOnnxRuntime } from './onnxruntime/openOnnxRuntime.ts'
import { loadExactGraph } from './profile/index.ts'
import { openReference } from './reference/openReference.ts'
import { randomFrom } from './testing/graphs/random.ts'
import { tensor } from './testing/values.ts'
import { traceOf } from './trace/traceOf.ts'
import { elementsOf, type Value } from './value.ts'
import { openWasm } from './wasm/openWasm.ts'

const NETWORKS = [
  { network: 'det', dims: [1, 64, 96, 3] },
  { network: 'rec', dims: [1, 48, 64, 3] },
  { network: 'cls', dims: [2, 48, 192, 3] },
] as const

/** Pictures of bytes: noise of all values, black and white in turns, all white. */
const PICTURES: readonly (readonly [string, (random: ReturnType<typeof randomFrom>, i: number) => number])[] = [
  ['noise', (random) => random.int(0, 255)],
  ['stripes', (_, i) => (i % 2) * 255],
  ['white', () => 255],
]

describe.each(NETWORKS)('the network $network', async ({ network, dims }) => {
  const file = await readFile(ocrFiles()[`${network}.onnx`])
  const graph = loadExactGraph(writeOnnxModel(await convertOcrNetwork(file, OCR_NETWORKS[network])))
  const [{ name, type } = { name: '', type: 'u8' }] = graph.model.inputs

  test.each(PICTURES)('has one trace of %s in all executors', async (_, picture) => {
    const random = randomFrom(1)
    const bytes = Array.from({ length: elementsOf(dims) }, (_, i) => picture(random, i))
    const inputs = new Map<string, Value>([[name, tensor(type === 'u8' ? 'u8' : 'i32', bytes, dims)]])
    const roots: Record<string, string> = {}
    for (const executor of [openReference(graph), await openOnnxRuntime(graph), await openWasm(graph)]) {
      roots[executor.kind] = (await traceOf(executor, graph, inputs)).root
      await executor.close()
    }
    expect(roots).toEqual({ reference: roots.reference, onnxruntime: roots.reference, wasm: roots.reference })
  })
})
