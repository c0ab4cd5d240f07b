import { type Tensor, tensorDigest } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { referenceTraceRoot } from '../../../../protocol/src/reference/digests.ts'
import { openOnnxRuntime } from '../onnxruntime/openOnnxRuntime.ts'
import { smallNet, smallNetInputs } from '../onnxruntime/testing/smallNet.ts'
import { bindGraph } from '../profile/index.ts'
import { openReference } from '../reference/openReference.ts'
import type { Value } from '../value.ts'
import { storedTensor } from './storedTensor.ts'
import { entryName, traceEntries } from './traceEntries.ts'
import { traceOf } from './traceOf.ts'

const graph = smallNet()
const inputs = smallNetInputs()
const bound = bindGraph(graph, new Map([['image', [2, 3, 8, 16]]]))

test('is the same for every executor, however it is cut', async () => {
  const reference = await traceOf(openReference(graph), graph, inputs)
  const executor = await openOnnxRuntime(graph, { threads: 1 })
  for (const segmentBytes of [1, 20_000, 2 ** 30]) {
    const trace = await traceOf(executor, graph, inputs, { segmentBytes })
    expect(trace).toEqual(reference)
  }
  await executor.close()
})

test('has the root that the page says', async () => {
  const tensors: Tensor[] = []
  const entries = traceEntries(bound)
  const { root, entries: traced } = await traceOf(openReference(graph), graph, inputs)
  await openReference(graph).run(inputs, {
    watch(name, value) {
      const entry = entries.find(({ tensor }) => tensor === name)
      if (entry) tensors[entry.index] = storedTensor(entryName(entry.index), value, entry.stored)
    },
  })
  expect(tensors.length).toBe(entries.length)
  expect(root).toBe(referenceTraceRoot(tensors))
  expect(traced.map(({ digest }) => digest)).toEqual(tensors.map(tensorDigest))
})

test('counts carried tensors alone, each in its stored type', () => {
  const entries = traceEntries(bound)
  expect(entries.map(({ index }) => index)).toEqual([...entries.keys()])
  expect(new Set(entries.map(({ stored }) => stored))).toEqual(new Set(['u8', 'i8', 'i32', 'i64']))
  expect(entries.some(({ tensor }) => tensor.startsWith('Conv'))).toBe(false)
})

test('changes with any element of any tensor', async () => {
  const honest = await traceOf(openReference(graph), graph, inputs)
  for (const entry of honest.entries) {
    const lying = {
      ...openReference(graph),
      run: (given: ReadonlyMap<string, Value>, options = {}) => {
        const { watch } = options as { watch(name: string, value: Value): void }
        const alter = (name: string, value: Value) => {
          if (name !== entry.tensor) return watch(name, value)
          const data = value.data.slice()
          if (data instanceof BigInt64Array) data[data.length - 1] = 5n - (data[data.length - 1] ?? 0n)
          else data[data.length - 1] = 5 - (data[data.length - 1] ?? 0)
          watch(name, { ...value, data } as Value)
        }
        return openReference(graph).run(given, { ...options, watch: alter })
      },
    }
    expect((await traceOf(lying, graph, inputs)).root).not.toBe(honest.root)
  }
})
