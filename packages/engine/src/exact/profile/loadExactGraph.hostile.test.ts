import { describe, expect, test } from 'vitest'
import type { OnnxModel, OnnxTensor } from '../../onnx/model.ts'
import { readOnnxModel } from '../../onnx/readOnnxModel.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { type Attributes, Emitter, int, ints } from '../../quantize/emit/emitter.ts'
import { bindInputs } from '../bindInputs.ts'
import { InvalidExactInputError, InvalidExactModelError } from './errors.ts'
import { loadExactGraph } from './loadExactGraph.ts'

/** Files whose answer would depend on who computes it, or that would cost a reader more than they weigh. */
const loading = (build: (emit: Emitter) => void, change: (model: OnnxModel) => OnnxModel = (model) => model) => {
  const emit = new Emitter()
  build(emit)
  return () => loadExactGraph(writeOnnxModel(change(emit.model())))
}
const image = (emit: Emitter) => emit.cast(emit.input('x', 'u8', [1, 1, 4, 4]), 'f32')
const numbers = (emit: Emitter) => emit.input('x', 'i32', [4], { lo: -5, hi: 5 })

test('a constant that is reshaped is summed in its new shape', () => {
  const build = (weight: number) => (emit: Emitter) => {
    const weights = emit.f32(new Float32Array(256).fill(weight), [1, 256])
    const one = emit.cast(emit.input('one', 'u8', [1, 1]), 'f32')
    emit.output(emit.node('MatMul', [one, weights]), 'columns', 'f32')
    const many = emit.cast(emit.input('many', 'u8', [1, 256]), 'f32')
    emit.output(emit.node('MatMul', [many, emit.node('Reshape', [weights, emit.i64([256, 1])])]), 'sum', 'f32')
  }
  // 256 · 255 · 257 = 2^24 − 256, one more by itself would fit, but not all of them together.
  loading(build(257))()
  expect(loading(build(258))).toThrow('sums up to 1.684e+7 units')
})

test('bytes are held to a range that is less than all that they can hold', () => {
  const narrow = (type: 'u8' | 'i8') =>
    loading((emit) => {
      emit.output(emit.cast(emit.input('x', type, [2], { lo: 0, hi: 1 }), 'i32'), 'y', 'i32')
    })()
  const given = (data: Uint8Array | Int8Array) =>
    new Map([['x', { type: data instanceof Int8Array ? 'i8' : 'u8', dims: [2], data }]]) as never
  for (const [type, bytes] of [
    ['u8', Uint8Array],
    ['i8', Int8Array],
  ] as const) {
    bindInputs(narrow(type))(given(bytes.of(0, 1)))
    expect(() => bindInputs(narrow(type))(given(bytes.of(0, 2)))).toThrow(InvalidExactInputError)
  }
})

test('executors are not told what the file says of its outputs’ lengths', () => {
  const graph = loading((emit) => emit.output(numbers(emit), 'y', 'i32', [2]))()
  expect(readOnnxModel(graph.bytes).outputs).toEqual([{ name: 'y', type: 'i32', dims: undefined }])
})

describe('refuses', () => {
  const shown = (op: string, operands: (emit: Emitter) => string[], attributes: Attributes = {}) =>
    loading((emit) => emit.output(emit.node(op, operands(emit), attributes), 'y', 'i32'))
  const window = (op: string, attributes: Attributes, weights = [1, 1, 2, 2]) =>
    loading((emit) => {
      const x = image(emit)
      const count = weights.reduce((a, b) => a * b, 1)
      const operands = op === 'MaxPool' ? [x] : [x, emit.f32(new Float32Array(count).fill(1), weights)]
      emit.output(emit.node(op, operands, attributes), 'y', 'f32')
    })
  const node = { name: 'idle', op: 'Split', domain: '', outputs: [], attributes: new Map() }
  const countTo = (emit: Emitter, limit: number) => emit.node('Range', [emit.i64(0), emit.i64(limit), emit.i64(1)])
  const truths = (...data: number[]): OnnxTensor => ({ type: 'bool', dims: [4], data: Uint8Array.from(data) })

  test.each<[string, () => unknown, string]>([
    ['a maximum of three', shown('Max', (e) => [numbers(e), e.i32(1), e.i32(9)]), 'input 2 is not part of the profile'],
    [
      'a truth value of 2',
      loading((e) => emitSum(e, e.cast(e.constant(truths(2, 0, 1, 1)), 'i32'))),
      'holds what the profile does not',
    ],
    [
      'an integer beyond what doubles count',
      loading((e) =>
        emitSum(e, e.cast(e.constant({ type: 'i64', dims: [1], data: BigInt64Array.of(2n ** 53n + 1n) }), 'i32')),
      ),
      'holds what the profile does not',
    ],
    [
      'many channels, node after node',
      loading((e) => {
        const weights = e.f32(new Float32Array(1e4).fill(1), [1e4, 1, 1, 1])
        let y = e.node('Conv', [e.cast(e.input('x', 'u8', [1, 1, 1, 1]), 'f32'), weights])
        for (let i = 0; i < 120; i++) y = e.node('Add', [y, e.f32(1)])
        e.output(y, 'y', 'f32')
      }),
      'too many channels have bounds of their own',
    ],
    ['an axis reduced twice', shown('ReduceSum', (e) => [numbers(e), e.i64([0, -1])]), 'an axis stands twice'],
    [
      'an axis cut twice',
      shown('Slice', (e) => [numbers(e), e.i64([1, 0]), e.i64([4, 2]), e.i64([0, -1])]),
      'an axis stands twice',
    ],
    [
      'a zero that is a length',
      shown('Reshape', (e) => [numbers(e), e.i64([4, 1])], { allowzero: int(1) }),
      'allowzero must be 0',
    ],
    [
      'a negative length',
      loading((e) => {
        const one = e.input('x', 'i32', [1], { lo: 0, hi: 1 })
        emitSum(e, e.node('Expand', [one, e.i64([-3])]))
      }),
      'no tensor is [-3]',
    ],
    ['strides of one axis', window('Conv', { strides: ints([2]) }), 'strides and pads must be of two axes'],
    ['pads of one side', window('ConvTranspose', { pads: ints([1]) }), 'strides and pads must be of two axes'],
    [
      'a pool’s strides of one axis',
      window('MaxPool', { kernel_shape: ints([2, 2]), strides: ints([2]) }),
      'strides and pads must be of two axes',
    ],
    ['dilations of one axis', window('Conv', { dilations: ints([1]) }), 'dilations must be 1'],
    ['a kernel without taps', window('Conv', {}, [1, 1, 0, 2]), 'a kernel of 0 × 2'],
    [
      'a product without terms',
      loading((e) => {
        e.dimension('n', { min: 0, max: 8, step: 1 })
        const x = e.input('x', 'u8', [2, 'n'])
        e.output(e.node('MatMulInteger', [x, e.node('Transpose', [x])]), 'y', 'i32')
      }),
      'it sums no products',
    ],
    [
      'a node that makes nothing',
      loading(
        (e) => emitSum(e, numbers(e)),
        (model) => ({ ...model, nodes: [...model.nodes, { ...node, inputs: ['x'] }] }),
      ),
      'it makes nothing',
    ],
    ['a long range', loading((e) => emitSum(e, countTo(e, 2 ** 40))), 'would follow from lengths alone'],
    [
      'many shorter ones',
      loading((e) => emitSum(e, ...[1, 2, 3].map((i) => e.node('ConstantOfShape', [e.i64(2e6 + i, [1])])))),
      'lengths',
    ],
    ['a step of 0', loading((e) => emitSum(e, e.node('Range', [e.i64(0), e.i64(1), e.i64(0)]))), 'the step is 0'],
    ['a large shape', loading((e) => emitSum(e, e.node('ConstantOfShape', [e.i64([1e6, 1e3])]))), 'lengths alone'],
    ['an impossible shape', loading((e) => emitSum(e, e.node('ConstantOfShape', [e.i64([0, -5])]))), 'no tensor is'],
    [
      'a constant doubled again and again',
      loading((e) => {
        let grown = e.i32([1])
        for (let i = 0; i < 40; i++) grown = e.node('Concat', [grown, grown], { axis: int(0) })
        emitSum(e, grown)
      }),
      'would follow from lengths alone',
    ],
    [
      'an input longer than any',
      loading((e) => {
        e.dimension('n', { min: 1, max: 2 ** 40, step: 1 })
        emitSum(e, e.input('x', 'i32', ['n'], { lo: 0, hi: 1 }))
      }),
      'no tensor is [1099511627776]',
    ],
    [
      'an image blown up',
      loading((e) => {
        const text = (value: string) => ({ kind: 'text', value }) as const
        const how = {
          mode: text('nearest'),
          coordinate_transformation_mode: text('asymmetric'),
          nearest_mode: text('floor'),
        }
        e.output(e.node('Resize', [image(e), '', e.f32([1, 1, 1, 1e30])], how), 'y', 'f32')
      }),
      'no tensor is',
    ],
  ])('%s', (_, load, why) => {
    let refusal: unknown
    try {
      load()
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(InvalidExactModelError)
    expect(String(refusal)).toContain(why)
  })
})

/** Makes an output of tensors, so that all of them are read. */
function emitSum(emit: Emitter, ...tensors: string[]): void {
  tensors.forEach((tensor, i) => void emit.output(tensor, `y${i}`, 'i32'))
}
