import { type OnnxModel, type OnnxNode, writeOnnxModel } from '@stoa/engine/onnx'
import ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { dynamicInt8 } from './dynamicInt8.ts'

const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7))

function model(op: 'MatMul' | 'Conv', dims: readonly number[], weights: readonly number[], bias: number): OnnxModel {
  const size = weights.reduce((product, dim) => product * dim, 1)
  const node: OnnxNode = {
    ...{ name: 'y', op, domain: '', inputs: ['x', 'w', ...(bias > 0 ? ['b'] : [])], outputs: ['y'] },
    attributes: new Map(),
  }
  const value = { kind: 'tensor', value: { type: 'f32', dims: weights, data: wave(size) } } as const
  const constant = { ...node, op: 'Constant', inputs: [], outputs: ['w'], attributes: new Map([['value', value]]) }
  return {
    ...{ opset: 18, metadata: new Map(), inputs: [{ name: 'x', type: 'f32', dims }], nodes: [constant, node] },
    outputs: [{ name: 'y', type: 'f32', dims: undefined }],
    initializers: new Map(bias > 0 ? [['b', { type: 'f32', dims: [bias], data: wave(bias) }]] : []),
  }
}

async function run(made: OnnxModel, dims: readonly number[]): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(writeOnnxModel(made))
  const x = new ort.Tensor('float32', wave(dims.reduce((product, dim) => product * dim, 1)), dims)
  const { y } = await session.run({ x })
  await session.release()
  return y?.data as Float32Array
}

test.each([
  ['MatMul', [3, 40], [40, 8], 0],
  ['Conv', [1, 4, 9, 9], [6, 4, 3, 3], 6],
] as const)('%s in bytes is near to what it is in float32', async (op, dims, weights, bias) => {
  const float = model(op, dims, weights, bias)
  const int8 = dynamicInt8(float)
  expect(int8.nodes.map((node) => node.op)).toContain(`${op}Integer`)
  const [expected, got] = [await run(float, dims), await run(int8, dims)]
  const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  got.forEach((y, i) => {
    expect(Math.abs(y - (expected[i] ?? 0)) / most).toBeLessThan(0.05)
  })
})
