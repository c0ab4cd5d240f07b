import { expect } from 'vitest'
import { loadRuntime } from '../../inference/onnx/loadRuntime.ts'
import type { TfGraph } from '../graph/tfGraph.ts'
import { parseTfjsModel } from '../tfjs/parseTfjsModel.ts'
import { runInOnnx, runInTfjs, type SmallGraph, writeSmallGraph } from './smallGraph.ts'
import { loadTfjs } from './tfjsRuntime.ts'

/** Fails unless the converted graph answers as TensorFlow.js does: the same dims, and elements to five decimals. */
export async function expectSameAnswer(graph: SmallGraph): Promise<void> {
  const expected = await runInTfjs(await loadTfjs(), graph)
  const answer = await runInOnnx(await loadRuntime(), graph)
  expect(answer.dims).toEqual(expected.dims)
  for (const [i, value] of answer.values.entries()) expect(value).toBeCloseTo(expected.values[i] ?? Number.NaN, 5)
}

export function parseSmallGraph(graph: SmallGraph): TfGraph {
  return parseTfjsModel(writeSmallGraph(graph))
}

export function opsOf(graph: TfGraph): string[] {
  return graph.nodes.map(({ op }) => op)
}
