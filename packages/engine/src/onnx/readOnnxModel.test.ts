import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ocrFiles } from '../inference/ocr/testing/ocrFiles.ts'
import { InvalidOnnxError } from './errors.ts'
import type { OnnxModel, OnnxTensor } from './model.ts'
import { ProtoWriter } from './protoWriter.ts'
import { readOnnxModel } from './readOnnxModel.ts'
import { readTensor } from './readTensor.ts'
import { writeOnnxModel } from './writeOnnxModel.ts'

const tensors: OnnxTensor[] = [
  { type: 'f32', dims: [2], data: Float32Array.of(1.5, -0) },
  { type: 'f64', dims: [1], data: Float64Array.of(1e300) },
  { type: 'i64', dims: [], data: BigInt64Array.of(-(2n ** 63n)) },
  { type: 'i32', dims: [1, 2], data: Int32Array.of(-1, 2) },
  { type: 'u8', dims: [3], data: Uint8Array.of(0, 1, 255) },
  { type: 'i8', dims: [1], data: Int8Array.of(-128) },
  { type: 'bool', dims: [2], data: Uint8Array.of(0, 1) },
  { type: 'f16', dims: [1], data: Uint16Array.of(0x3c00) },
]

const model: OnnxModel = {
  opset: 18,
  metadata: new Map([['stoa.profile', 'exact/1']]),
  inputs: [{ name: 'x', type: 'u8', dims: [1, 'height', null, 3] }],
  outputs: [{ name: 'y', type: 'f32', dims: undefined }],
  initializers: new Map(tensors.map((tensor, i) => [`w${i}`, tensor])),
  nodes: [
    {
      ...{ name: 'n', op: 'Conv', domain: '', inputs: ['x', '', 'w0'], outputs: ['y'] },
      attributes: new Map([
        ['int', { kind: 'int', value: -3 }],
        ['float', { kind: 'float', value: 0.25 }],
        ['text', { kind: 'text', value: 'naïve' }],
        ['ints', { kind: 'ints', value: [1, -2] }],
        ['floats', { kind: 'floats', value: [0.5, 2] }],
        ['texts', { kind: 'texts', value: ['a', ''] }],
        ['tensor', { kind: 'tensor', value: { type: 'f32', dims: [1], data: Float32Array.of(3) } }],
      ]),
    },
    { name: '', op: 'Own', domain: 'org.example', inputs: [], outputs: ['z'], attributes: new Map() },
  ],
}

test('reads what was written', () => expect(readOnnxModel(writeOnnxModel(model))).toEqual(model))

test('reads the models of others: weights in raw bytes, shapes by name, weights listed as inputs', () => {
  const { opset, inputs, outputs, nodes, initializers } = readOnnxModel(readFileSync(ocrFiles()['rec.onnx']))
  expect([opset, inputs.length, outputs.length, nodes.length]).toEqual([9, 1, 1, 765])
  expect(inputs[0]).toEqual({
    name: 'x',
    type: 'f32',
    dims: ['p2o.DynamicDimension.0', 3, 48, 'p2o.DynamicDimension.1'],
  })
  expect(initializers.get('linear_85.w_0') ?? nodes.find((n) => n.outputs[0] === 'linear_85.w_0')).toBeDefined()
})

describe('tensors whose elements are listed one by one', () => {
  const listed = (type: number, write: (tensor: ProtoWriter) => ProtoWriter) =>
    readTensor(write(new ProtoWriter().packed(1, [2]).varint(2, type).text(8, 't')).finish()).tensor.data
  test('floats, packed and not', () => {
    expect(listed(1, (t) => t.float(4, 1).float(4, 2))).toEqual(Float32Array.of(1, 2))
    expect(listed(1, (t) => t.bytes(4, new Uint8Array(Float32Array.of(1, 2).buffer)))).toEqual(Float32Array.of(1, 2))
  })
  test('integers, packed and not', () => {
    expect(listed(7, (t) => t.packed(7, [-1, 5]))).toEqual(BigInt64Array.of(-1n, 5n))
    expect(listed(6, (t) => t.varint(5, -1).varint(5, 5))).toEqual(Int32Array.of(-1, 5))
    expect(listed(2, (t) => t.packed(5, [0, 255]))).toEqual(Uint8Array.of(0, 255))
  })
})

test('refuses counts that are not those of the elements, and data elsewhere', () => {
  const head = new ProtoWriter().packed(1, [3]).varint(2, 1).text(8, 't')
  expect(() => readTensor(head.float(4, 1).finish())).toThrow('the tensor "t" [3] has 1 elements')
  expect(() => readTensor(head.varint(14, 1).finish())).toThrow('lie in another file')
})

test('cut anywhere or altered in any byte, it is read or refused with a typed error', () => {
  const bytes = writeOnnxModel(model)
  const tryRead = (altered: Uint8Array) => {
    try {
      readOnnxModel(altered)
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidOnnxError)
    }
  }
  for (let length = 0; length < bytes.length; length++) tryRead(bytes.subarray(0, length))
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const altered = Uint8Array.from(bytes)
      altered[at] = (altered[at] ?? 0) ^ flip
      tryRead(altered)
    }),
    { numRuns: 2000 },
  )
})
