import { expect, test } from 'vitest'
import { ocrFiles } from '../ocr/testing/ocrFiles.ts'
import { loadRuntime } from './loadRuntime.ts'
import { openNetwork } from './openNetwork.ts'

test('runs a graph on row-major values', async () => {
  const network = await openNetwork(await loadRuntime(), ocrFiles()['cls.onnx'], 1)
  const { data, dims } = await network.run({ data: new Float32Array(2 * 3 * 48 * 192), dims: [2, 3, 48, 192] })
  expect(dims).toEqual([2, 2])
  // Two equal inputs, and probabilities that sum to 1.
  expect([data[0], data[1]]).toEqual([data[2], data[3]])
  expect((data[0] ?? 0) + (data[1] ?? 0)).toBeCloseTo(1, 5)
  await network.close()
})

test('fails on values that do not fit the graph', async () => {
  const network = await openNetwork(await loadRuntime(), ocrFiles()['cls.onnx'], 1)
  await expect(network.run({ data: new Float32Array(4), dims: [1, 1, 2, 2] })).rejects.toThrow()
  await network.close()
})
