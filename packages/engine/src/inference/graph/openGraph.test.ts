import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Tensor, tensorOf } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formulasFile, formulasOf } from '../../exact/formula/index.ts'
import { smallNet, smallNetInputs } from '../../exact/onnxruntime/testing/smallNet.ts'
import { bindGraph } from '../../exact/profile/index.ts'
import { openReference } from '../../exact/reference/openReference.ts'
import { storedTensor } from '../../exact/trace/storedTensor.ts'
import { writeOnnxModel } from '../../onnx/index.ts'
import { Emitter } from '../../quantize/emit/emitter.ts'
import type { Model } from '../model.ts'
import { openModel } from '../openModel.ts'

let folder: string
let model: Model
const graph = smallNet()
const inputs = smallNetInputs(1, 8)
const request = graph.model.inputs.map(({ name }) => {
  const value = inputs.get(name)
  if (value?.type !== 'u8') throw new TypeError('the small net takes bytes')
  return tensorOf(name, 'u8', value.dims, value.data)
})

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graph-'))
  model = await open('model.onnx', graph.bytes)
})
afterAll(async () => {
  await model.close()
  await rm(folder, { recursive: true })
})

async function open(name: string, bytes: Uint8Array, formulas?: Uint8Array): Promise<Model> {
  const files: Record<string, string> = { 'model.onnx': join(folder, name) }
  await writeFile(join(folder, name), bytes)
  if (formulas) {
    files['formulas.bin'] = join(folder, `${name}.formulas`)
    await writeFile(files['formulas.bin'], formulas)
  }
  return openModel({ task: 'graph', profile: 'exact/1', files, threads: 1 })
}

test('answers what the reference computes, in stored types, elements in the order of the graph', async () => {
  const outputs = await openReference(graph).run(inputs)
  const { facts } = bindGraph(graph, new Map([...inputs].map(([name, { dims }]) => [name, dims])))
  const expected = [...outputs].map(([name, value]): Tensor => {
    const stored = facts.get(name)?.stored ?? 'u8'
    const { data } = storedTensor(name, { ...value, dims: [value.data.length] }, stored)
    return { name, dtype: stored, dims: value.dims, data }
  })
  expect(await model.run(request)).toEqual(expected)
})

test.each<[string, (tensors: readonly Tensor[]) => Tensor[], string]>([
  ['no tensors', () => [], 'exactly the tensors'],
  ['one too many', (tensors) => [...tensors, tensorOf('more', 'u8', [1], Uint8Array.of(0))], 'exactly the tensors'],
  ['another type', ([first]) => [tensorOf(first?.name ?? '', 'f32', [1], Float32Array.of(0))], 'the graph takes u8'],
  ['another rank', ([first]) => [tensorOf(first?.name ?? '', 'u8', [1], Uint8Array.of(0))], 'dimensions'],
])('refuses %s', async (_, change, why) => {
  await expect(model.run(change(request))).rejects.toThrow(why)
})

test('refuses a graph whose names are no names of tensors', async () => {
  const emit = new Emitter()
  emit.output(emit.cast(emit.input('Image/0', 'u8', [2]), 'i32'), 'y', 'i32')
  await expect(open('names.onnx', writeOnnxModel(emit.model()))).rejects.toThrow('"Image/0" is no name of a tensor')
})

test('opens a judged graph only with its own formulas', async () => {
  const { root } = formulasOf(graph)
  const judged = await open('judged.onnx', graph.bytes, formulasFile(new Map([['model.onnx', root]])))
  await judged.close()
  const other = formulasFile(new Map([['model.onnx', `0x${'12'.repeat(32)}` as const]]))
  await expect(open('other.onnx', graph.bytes, other)).rejects.toThrow('formulas.bin is not that of its graphs')
})
