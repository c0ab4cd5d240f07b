import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { Emitter, ints } from '../../quantize/emit/emitter.ts'
import type { Executor } from '../executor.ts'
import { bindGraph, InvalidExactInputError, loadExactGraph } from '../profile/index.ts'
import { openReference } from '../reference/openReference.ts'
import type { Value } from '../value.ts'
import { openOnnxRuntime } from './openOnnxRuntime.ts'
import { smallNet, smallNetInputs } from './testing/smallNet.ts'

const graph = smallNet()
const reference = openReference(graph)
let executor: Executor
beforeAll(async () => {
  executor = await openOnnxRuntime(graph, { threads: 1 })
})
afterAll(() => executor.close())

/** Every tensor shown, in the order in which it was. */
async function shown(by: Executor, inputs: ReadonlyMap<string, Value>, segmentBytes?: number) {
  const tensors: [string, Value][] = []
  const outputs = await by.run(inputs, {
    watch: (name, value) => tensors.push([name, { ...value, data: value.data.slice() } as Value]),
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  })
  return { tensors, outputs }
}

test.each([
  [1, 8],
  [2, 16],
  [4, 24],
])('gives what the reference gives for %d images of width %d', async (batch, width) => {
  const inputs = smallNetInputs(batch, width)
  expect(await executor.run(inputs)).toEqual(await reference.run(inputs))
})

describe('watching', () => {
  const inputs = smallNetInputs()

  test.each([undefined, 1, 4000, 100_000])('shows what the reference shows, in segments of %s bytes', async (bytes) => {
    expect(await shown(executor, inputs, bytes)).toEqual(await shown(reference, inputs))
  })

  test('shows only what is asked for, and computes only that', async () => {
    const bound = bindGraph(graph, new Map([['image', [2, 3, 8, 16]]]))
    const name = bound.nodes[3]?.outputs[0] ?? ''
    const names: string[] = []
    await executor.run(inputs, { watch: (shown) => names.push(shown), names: new Set([name, 'nobody']) })
    expect(names).toEqual([name])
  })
})

test('runs may overlap', async () => {
  const all = await Promise.all([smallNetInputs(1), smallNetInputs(2)].map((inputs) => executor.run(inputs)))
  expect(all).toEqual([await reference.run(smallNetInputs(1)), await reference.run(smallNetInputs(2))])
})

test('refuses inputs that the graph does not take', async () => {
  const refusal = expect.objectContaining({ name: InvalidExactInputError.name })
  const good = smallNetInputs().get('image')
  await expect(executor.run(new Map())).rejects.toEqual(refusal)
  await expect(executor.run(smallNetInputs(5))).rejects.toEqual(refusal)
  await expect(executor.run(smallNetInputs(1, 9))).rejects.toEqual(refusal)
  await expect(
    executor.run(
      new Map(
        good && [
          ['image', good],
          ['more', good],
        ],
      ),
    ),
  ).rejects.toEqual(refusal)
  const short: Value = { type: 'u8', dims: [1, 3, 8, 8], data: new Uint8Array(5) }
  await expect(executor.run(new Map([['image', short]]))).rejects.toEqual(refusal)
  const other: Value = { type: 'i8', dims: [1, 3, 8, 8], data: new Int8Array(192) }
  await expect(executor.run(new Map([['image', other]]))).rejects.toEqual(refusal)
})

// A rewrite of ONNX Runtime's ended the whole process over this one (1.30.0).
test('opens a product of a matrix and a stack of more axes that was turned', async () => {
  const emit = new Emitter()
  const stack = emit.cast(emit.input('stack', 'u8', [1, 1, 7, 1]), 'f32')
  const turned = emit.node('Transpose', [stack], { perm: ints([1, 2, 0, 3]) })
  const matrix = emit.constant({ type: 'f64', dims: [3, 1], data: Float64Array.of(1, 2, 3) })
  emit.output(emit.node('MatMul', [matrix, emit.cast(turned, 'f64')]), 'product', 'f64')
  const turning = loadExactGraph(writeOnnxModel(emit.model()))
  const own = await openOnnxRuntime(turning, { threads: 1 })
  const inputs = new Map([
    ['stack', { type: 'u8', dims: [1, 1, 7, 1], data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7) }],
  ] as const)
  expect(await own.run(inputs)).toEqual(await openReference(turning).run(inputs))
  await own.close()
})
