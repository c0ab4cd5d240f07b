import { expect, test } from 'vitest'
import type { Image } from '../../inference/ocr/image/image.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { loadExactGraph } from '../profile/index.ts'
import { openReference } from '../reference/openReference.ts'
import { traceOf } from '../trace/index.ts'
import { exactNetworks } from './exactNetworks.ts'
import { traceLiterally } from './reference/traceLiterally.ts'
import { barsPage } from './testing/barsPage.ts'
import { TINY_KEYS, tinyDetector, tinyRecogniser } from './testing/tinyGraphs.ts'
import { type TraceGraph, tracePage } from './tracePage.ts'

const alphabet = [...TINY_KEYS, ' ']
const [detector, recogniser] = [tinyDetector(), tinyRecogniser()].map((model): TraceGraph => {
  const graph = loadExactGraph(writeOnnxModel(model))
  const executor = openReference(graph)
  return (inputs) => traceOf(executor, graph, inputs)
})

test('commits to what the specification says, step by step', async () => {
  if (!detector || !recogniser) throw new Error('no graphs')
  const page = barsPage()
  const { root, entries, response } = await tracePage({ detector, recogniser, alphabet }, page)
  const names = entries.map(({ name }) => name)
  const each = ['strip', 'rec.onnx', 'best', 'leads', 'reading']
  expect(names.slice(0, 6)).toEqual(['frame', 'det.onnx', 'odds', 'scan', 'pieces', 'windows'])
  expect(names.slice(6)).toEqual([...each, ...each, ...each, 'rows', 'text', 'lines', 'boxes'])
  const literal = await traceLiterally(
    {
      alphabet,
      async detect(frame) {
        const networks = exactNetworks({ detector: outputsOf(detector), recogniser: outputsOf(recogniser), alphabet })
        return { answer: await networks.detect(frame), root: await rootOf(detector, frame) }
      },
      async read(strip) {
        const networks = exactNetworks({ detector: outputsOf(detector), recogniser: outputsOf(recogniser), alphabet })
        return { answer: await networks.read(strip), root: await rootOf(recogniser, strip) }
      },
    },
    page,
  )
  expect(response).toEqual(literal.response)
  expect(root).toBe(literal.root)
  expect(new TextDecoder().decode(response[0]?.data)).toBe('aba bab\nab')
})

const outputsOf = (trace: TraceGraph) => async (inputs: Parameters<TraceGraph>[0]) => (await trace(inputs)).outputs

async function rootOf(trace: TraceGraph, { width, height, data }: Image) {
  return (await trace(new Map([['image', { type: 'u8', dims: [1, height, width, 3], data }]]))).root
}
