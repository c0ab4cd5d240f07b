import { beforeAll, describe, expect, test } from 'vitest'
import type { Executor } from '../../exact/executor.ts'
import { openOnnxRuntime } from '../../exact/onnxruntime/openOnnxRuntime.ts'
import { type ExactGraph, loadExactGraph } from '../../exact/profile/index.ts'
import { openReference } from '../../exact/reference/openReference.ts'
import type { Value } from '../../exact/value.ts'
import { loadRuntime } from '../../inference/onnx/loadRuntime.ts'
import { writeOnnxModel } from '../../onnx/index.ts'
import { calibrateLlama } from '../calibrate/calibrateLlama.ts'
import type { LlamaCalibration } from '../calibrate/calibration.ts'
import { createCache } from '../createCache.ts'
import { buildFloatLlama } from '../float/buildFloatLlama.ts'
import { randomWeights, SMALL } from '../testing/randomWeights.ts'
import { buildExactLlama } from './buildExactLlama.ts'

const weights = randomWeights(SMALL)
const text = Array.from({ length: 100 }, (_, i) => (i * i * 31 + 7) % SMALL.vocab)
let calibration: LlamaCalibration
let graph: ExactGraph
let executor: Executor

beforeAll(async () => {
  calibration = await calibrateLlama({ weights, texts: [text] })
  graph = loadExactGraph(writeOnnxModel(await buildExactLlama({ weights, calibration, everyPosition: true })))
  executor = await openOnnxRuntime(graph, { threads: 1 })
})

/** Logits of every position, read in steps of the given lengths, and the last step's outputs. */
async function read(from: Executor, ids: readonly number[], lengths: readonly number[]) {
  const cache = createCache(SMALL, 'u8')
  const logits: number[] = []
  let outputs: ReadonlyMap<string, Value> = new Map()
  for (const length of lengths) {
    const at = cache.filled
    const inputs = cache.inputs()
    const dims = [1, length]
    inputs.set('ids', { type: 'i64', dims, data: BigInt64Array.from(ids.slice(at, at + length), BigInt) })
    inputs.set('position', {
      type: 'i64',
      dims,
      data: BigInt64Array.from({ length }, (_, i) => BigInt(at + i)),
    })
    outputs = await from.run(inputs)
    cache.append(outputs, length)
    for (const logit of outputs.get('logits')?.data ?? []) logits.push(Number(logit))
  }
  return { logits, outputs }
}

describe('the exact decoder', () => {
  test('has the same logits in whatever steps a text is read', async () => {
    const whole = await read(executor, text, [64, 36])
    expect((await read(executor, text, [1, 2, 61, 1, 30, 5])).logits).toEqual(whole.logits)
  })

  test('has them in the reference interpreter too', async () => {
    const ids = text.slice(0, 5)
    const ours = await read(executor, ids, [3, 2])
    const theirs = await read(openReference(graph), ids, [3, 2])
    expect(theirs.logits).toEqual(ours.logits)
    for (const [name, value] of theirs.outputs) expect(value.data).toEqual(ours.outputs.get(name)?.data)
  })

  test('is near the float decoder', async () => {
    const exact = (await read(executor, text, [64, 36])).logits
    const runtime = await loadRuntime()
    const model = await buildFloatLlama({ weights, everyPosition: true })
    const session = await runtime.InferenceSession.create(writeOnnxModel(model))
    const feeds: Record<string, InstanceType<typeof runtime.Tensor>> = {
      ids: new runtime.Tensor('int64', BigInt64Array.from(text.slice(0, 64), BigInt), [1, 64]),
      position: new runtime.Tensor(
        'int64',
        BigInt64Array.from({ length: 64 }, (_, i) => BigInt(i)),
        [1, 64],
      ),
    }
    for (const [name, { data, dims }] of createCache(SMALL, 'f32').inputs())
      if (data instanceof Float32Array) feeds[name] = new runtime.Tensor('float32', data, dims)
    const { logits } = await session.run(feeds)
    await session.release()
    if (!(logits?.data instanceof Float32Array)) throw new TypeError('no logits')
    let [cross, ours, theirs] = [0, 0, 0]
    for (const [i, real] of logits.data.entries()) {
      const own = (exact[i] ?? 0) / 1024
      cross += own * real
      ours += own * own
      theirs += real * real
    }
    expect(cross / Math.sqrt(ours * theirs)).toBeGreaterThan(0.99)
    expect(ours / theirs).toBeGreaterThan(0.95)
    expect(ours / theirs).toBeLessThan(1.05)
  })

  test('has the same bytes for the same calibration', async () => {
    const again: LlamaCalibration = JSON.parse(JSON.stringify(calibration))
    const [a, b] = await Promise.all(
      [calibration, again].map(async (own) => writeOnnxModel(await buildExactLlama({ weights, calibration: own }))),
    )
    expect(Buffer.compare(Buffer.from(a ?? []), Buffer.from(b ?? []))).toBe(0)
  })
})
