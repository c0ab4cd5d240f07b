import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tensorOf, valuesOf } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OnnxModel, writeOnnxModel } from '../../onnx/index.ts'
import type { Model } from '../model.ts'
import { openModel } from '../openModel.ts'
import { graphTensorName } from './graphTensorName.ts'

const value = (name: string, type: 'f32' | 'i64' | 'f16', dims: (number | string)[]) => ({ name, type, dims })
const node = (op: string, inputs: string[], outputs: string[]) => ({
  ...{ name: op, op, domain: '', inputs, outputs },
  attributes: new Map(),
})

/** y = a / b in floats, and n + n in longs: a graph with names that are none of tensors here. */
const GRAPH: OnnxModel = {
  ...{ opset: 17, metadata: new Map(), initializers: new Map() },
  inputs: [value('A:0', 'f32', ['n']), value('b', 'f32', ['n']), value('7', 'i64', [2])],
  outputs: [value('Quotient/y', 'f32', ['n']), value('twice', 'i64', [2])],
  nodes: [node('Div', ['A:0', 'b'], ['Quotient/y']), node('Add', ['7', '7'], ['twice'])],
}

let folder: string
let model: Model
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graph-'))
  model = await open(GRAPH)
})
afterAll(async () => {
  await model?.close()
  await rm(folder, { recursive: true })
})

async function open(graph: OnnxModel): Promise<Model> {
  const path = join(folder, `${Math.random()}.onnx`)
  await writeFile(path, writeOnnxModel(graph))
  return openModel({ task: 'graph', files: { 'model.onnx': path }, threads: 1 })
}

const [a, b] = [
  tensorOf('a_0', 'f32', [3], Float32Array.of(1, 2, 3)),
  tensorOf('b', 'f32', [3], Float32Array.of(4, 3, 8)),
]
const n = tensorOf('x_7', 'i64', [2], BigInt64Array.of(5n, -(2n ** 60n)))

test('any graph answers: tensors in and out, whatever ONNX calls them', async () => {
  const [y, twice, ...more] = await model.run([a, b, n])
  expect(more).toEqual([])
  expect(y).toMatchObject({ name: 'quotient_y', dtype: 'f32', dims: [3] })
  expect([...valuesOf(y ?? n, 'f32')]).toEqual([0.25, Math.fround(2 / 3), 0.375])
  expect([...valuesOf(twice ?? n, 'i64')]).toEqual([10n, -(2n ** 61n)])
})

test.each([
  ['another order', [b, a, n], 'exactly the tensors a_0, b, x_7'],
  ['another type', [a, b, tensorOf('x_7', 'f32', [2], new Float32Array(2))], 'the graph takes i64'],
  ['lengths that do not fit', [a, tensorOf('b', 'f32', [2], new Float32Array(2)), n], 'does not take these lengths'],
])('refuses %s', async (_, request, why) => {
  await expect(model.run(request)).rejects.toThrow(why)
})

test('refuses to open what is no graph of tensors here', async () => {
  const [, second] = GRAPH.inputs
  const alike = { ...GRAPH, inputs: [...GRAPH.inputs, value('B', 'f32', ['n'])] }
  await expect(open(alike)).rejects.toThrow('would be called "b"')
  const half = value('h', 'f16', [1])
  await expect(open({ ...GRAPH, inputs: [...GRAPH.inputs, half] })).rejects.toThrow('"h" is of a type')
  await expect(openModel({ task: 'graph', files: { 'model.onnx': join(folder, 'none') } })).rejects.toThrow(
    'can not be loaded',
  )
  expect(second?.name).toBe('b')
})

test('names that are names stay', () => {
  expect(['image', 'x_1', 'Input3', '/out/Gemm', '0', 'a'.repeat(40)].map(graphTensorName)).toEqual([
    ...['image', 'x_1', 'input3', 'x__out_gemm', 'x_0', 'a'.repeat(32)],
  ])
})
