import { describe, expect, test } from 'vitest'
import type { OnnxNode } from '../../onnx/model.ts'
import { nodeOf, tensor } from '../testing/values.ts'
import type { Value } from '../value.ts'
import { EvaluationError } from './errors.ts'
import { evaluate } from './evaluate.ts'

const f32 = (elements: number[], dims?: number[]) => tensor('f32', elements, dims)
const i32 = (elements: number[], dims?: number[]) => tensor('i32', elements, dims)
const i64 = (elements: number[], dims?: number[]) => tensor('i64', elements, dims)
const f64 = (elements: number[], dims?: number[]) => tensor('f64', elements, dims)
const u8 = (elements: number[], dims?: number[]) => tensor('u8', elements, dims)
const bool = (elements: number[], dims?: number[]) => tensor('bool', elements, dims)
const float = (value: number) => ({ kind: 'float', value }) as const

type Case = readonly [what: string, node: OnnxNode, inputs: readonly (Value | undefined)[], ...outputs: Value[]]
const nearest = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
const square = f32([1, 2, 3, 4], [1, 1, 2, 2])

const cases: readonly Case[] = [
  [
    'adds a bias',
    nodeOf('Conv'),
    [square, f32([0.5, 2], [2, 1, 1, 1]), f32([1, -1])],
    f32([1.5, 2, 2.5, 3, 1, 3, 5, 7], [1, 2, 2, 2]),
  ],
  [
    'pads each side by its own length, and strides',
    nodeOf('Conv', [], { pads: [1, 0, 0, 1], strides: [2, 1], kernel_shape: [2, 2] }),
    [square, f32([1, 10, 100, 1000], [1, 1, 2, 2])],
    f32([2100, 200], [1, 1, 1, 2]),
  ],
  [
    'keeps groups of channels apart',
    nodeOf('Conv', [], { group: 2 }),
    [f32([1, 2, 3, 4], [1, 2, 1, 2]), f32([2, 3, 4, 5], [4, 1, 1, 1])],
    f32([2, 4, 3, 6, 12, 16, 15, 20], [1, 4, 1, 2]),
  ],
  [
    'spreads each element over the kernel',
    nodeOf('ConvTranspose', [], { strides: [1, 2] }),
    [f32([1, 2], [1, 1, 1, 2]), f32([1, 10, 100], [1, 1, 1, 3]), f32([5])],
    f32([6, 15, 107, 25, 205], [1, 1, 1, 5]),
  ],
  [
    'crops what it spread',
    nodeOf('ConvTranspose', [], { strides: [1, 2], pads: [0, 1, 0, 2] }),
    [f32([1, 2], [1, 1, 1, 2]), f32([1, 10, 100], [1, 1, 1, 3])],
    f32([10, 102], [1, 1, 1, 2]),
  ],
  [
    'multiplies matrices',
    nodeOf('MatMul'),
    [f32([1, 2, 3, 4], [2, 2]), f32([1, 0.5, 0, 2], [2, 2])],
    f32([1, 4.5, 3, 9.5], [2, 2]),
  ],
  [
    'repeats a matrix for each of a batch',
    nodeOf('MatMul'),
    [f64([1, 2, 3, 4], [2, 1, 2]), f64([2 ** 50, 1], [2, 1])],
    f64([2 ** 50 + 2, 3 * 2 ** 50 + 4], [2, 1, 1]),
  ],
  ['multiplies vectors', nodeOf('MatMul'), [f32([1, 2]), f32([3, 4])], f32([11], [])],
  [
    'takes zero points off',
    nodeOf('MatMulInteger'),
    [u8([255, 0], [1, 2]), u8([0, 255], [2, 1]), u8([128], []), u8([7])],
    i32([127 * -7 - 128 * 248], [1, 1]),
  ],
  ['broadcasts', nodeOf('Add'), [i32([1, 2], [2, 1]), i32([10, 20])], i32([11, 21, 12, 22], [2, 2])],
  ['subtracts', nodeOf('Sub'), [i64([1]), i64([3], [])], i64([-2])],
  ['multiplies integers', nodeOf('Mul'), [i64([2 ** 40]), i64([-(2 ** 12)])], i64([-(2 ** 52)])],
  ['rounds quotients down', nodeOf('Div'), [i32([7, 2 ** 31 - 1]), i32([2, 1])], i32([3, 2 ** 31 - 1])],
  ['rounds down', nodeOf('Floor'), [f32([-0.5, 1.75, -2])], f32([-1, 1, -2])],
  [
    'rounds to the even one of two',
    nodeOf('Round'),
    [f32([-1.5, -0.5, 0.5, 1.5, 2.5, 0.75])],
    f32([-2, 0, 0, 2, 2, 1]),
  ],
  ['clips', nodeOf('Clip'), [f32([-9, 0.5, 9]), f32([-1], []), f32([2], [])], f32([-1, 0.5, 2])],
  ['clips long integers', nodeOf('Clip'), [i64([-9, 0, 9]), i64([-1], []), i64([2], [])], i64([-1, 0, 2])],
  ['takes away what is below zero', nodeOf('Relu'), [f32([-1, 0.5])], f32([0, 0.5])],
  [
    'bends',
    nodeOf('HardSigmoid', [], { alpha: float(0.125), beta: float(0.5) }),
    [f32([-8, 1, 8])],
    f32([0, 0.625, 1]),
  ],
  ['finds the larger', nodeOf('Max'), [f64([1, 5]), f64([3], [])], f64([3, 5])],
  ['finds the smaller', nodeOf('Min'), [i64([1, 5]), i64([3], [])], i64([1, 3])],
  ['compares', nodeOf('Less'), [i64([1, 3]), i64([3], [])], bool([1, 0])],
  ['compares the other way', nodeOf('Greater'), [f32([1, 4]), f32([3], [])], bool([0, 1])],
  ['sees equals', nodeOf('Equal'), [i32([1, 3]), i32([3], [])], bool([0, 1])],
  ['negates', nodeOf('Not'), [bool([1, 0])], bool([0, 1])],
  ['joins', nodeOf('And'), [bool([1, 1]), bool([1, 0])], bool([1, 0])],
  ['joins either', nodeOf('Or'), [bool([0, 1]), bool([0, 0])], bool([0, 1])],
  ['chooses', nodeOf('Where'), [bool([1, 0]), i64([1], []), i64([2, 3])], i64([1, 3])],
  ['casts to long', nodeOf('Cast', [], { to: 7 }), [f32([-3, 5])], i64([-3, 5])],
  ['casts from long', nodeOf('Cast', [], { to: 1 }), [i64([2 ** 24])], f32([2 ** 24])],
  [
    'looks up',
    nodeOf('Gather', [], { axis: 1 }),
    [u8([1, 2, 3, 4], [2, 2]), i64([1, 1, 0], [3])],
    u8([2, 2, 1, 4, 4, 3], [2, 3]),
  ],
  ['looks up with a scalar', nodeOf('Gather'), [u8([1, 2, 3]), i32([2], [])], u8([3], [])],
  ['adds up', nodeOf('ReduceSum', [], { keepdims: 0 }), [i64([1, 2, 3, 4], [2, 2]), i64([-1])], i64([3, 7])],
  ['adds up everything', nodeOf('ReduceSum'), [f32([1, 2, 3, 4], [2, 2])], f32([10], [1, 1])],
  ['finds the largest', nodeOf('ReduceMax'), [f32([1, 4, 3, 2], [2, 2]), i64([0])], f32([3, 4], [1, 2])],
  ['finds the smallest', nodeOf('ReduceMin'), [i32([1, 4, 3, 2], [2, 2]), i64([1])], i32([1, 2], [2, 1])],
  [
    'finds the first of the largest',
    nodeOf('ArgMax', [], { axis: -1, keepdims: 0 }),
    [f32([1, 2, 2, 4, 0, 4], [2, 3])],
    i64([1, 0]),
  ],
  [
    'pools, and never takes the padding',
    nodeOf('MaxPool', [], { kernel_shape: [2, 2], pads: [1, 1, 0, 0], strides: [1, 1] }),
    [f32([-1, -2, -3, -4], [1, 1, 2, 2])],
    f32([-1, -1, -1, -1], [1, 1, 2, 2]),
  ],
  [
    'enlarges',
    nodeOf('Resize', [], nearest),
    [f32([1, 2], [1, 1, 1, 2]), undefined, f32([1, 1, 2, 3])],
    f32([1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2], [1, 1, 2, 6]),
  ],
  ['reshapes', nodeOf('Reshape'), [u8([1, 2, 3, 4, 5, 6], [2, 3]), i64([0, -1, 1])], u8([1, 2, 3, 4, 5, 6], [2, 3, 1])],
  [
    'transposes',
    nodeOf('Transpose', [], { perm: [1, 0] }),
    [i64([1, 2, 3, 4, 5, 6], [2, 3])],
    i64([1, 4, 2, 5, 3, 6], [3, 2]),
  ],
  ['turns all axes around', nodeOf('Transpose'), [u8([1, 2, 3, 4], [1, 2, 2])], u8([1, 3, 2, 4], [2, 2, 1])],
  [
    'concatenates',
    nodeOf('Concat', [], { axis: -1 }),
    [i64([1, 2], [2, 1]), i64([3, 4, 5, 6], [2, 2])],
    i64([1, 3, 4, 2, 5, 6], [2, 3]),
  ],
  [
    'slices',
    nodeOf('Slice'),
    [u8([1, 2, 3, 4, 5, 6], [2, 3]), i64([-2, 0]), i64([2 ** 40, 1]), i64([1, 0]), i64([1, 1])],
    u8([2, 3], [1, 2]),
  ],
  ['slices in steps', nodeOf('Slice'), [u8([0, 1, 2, 3, 4]), i64([1]), i64([5]), i64([0]), i64([3])], u8([1, 4])],
  ['splits evenly', nodeOf('Split', [], { num_outputs: 2 }, ['a', 'b']), [u8([1, 2, 3])], u8([1, 2]), u8([3])],
  [
    'splits as told',
    nodeOf('Split', [], { axis: 1 }, ['a', 'b']),
    [i64([1, 2, 3, 4], [2, 2]), i64([0, 2])],
    i64([], [2, 0]),
    i64([1, 2, 3, 4], [2, 2]),
  ],
  ['drops axes', nodeOf('Squeeze'), [u8([7], [1, 1]), i64([0])], u8([7])],
  ['adds axes', nodeOf('Unsqueeze'), [u8([7, 8]), i64([0, -1])], u8([7, 8], [1, 2, 1])],
  ['repeats', nodeOf('Expand'), [u8([7, 8], [2, 1]), i64([1, 2])], u8([7, 7, 8, 8], [2, 2])],
  ['pads', nodeOf('Pad'), [i64([7, 8], [2, 1]), i64([0, 1, 1, 0])], i64([0, 7, 0, 8, 0, 0], [3, 2])],
  ['passes on', nodeOf('Identity'), [f32([1])], f32([1])],
  ['tells lengths', nodeOf('Shape', [], { start: -2 }), [f32([1, 2], [1, 1, 2])], i64([1, 2])],
  ['is constant', nodeOf('Constant', [], { value_ints: [1, 2] }), [], i64([1, 2])],
  [
    'fills',
    nodeOf('ConstantOfShape', [], { value: { kind: 'tensor', value: i64([3]) } }),
    [i64([2, 1])],
    i64([3, 3], [2, 1]),
  ],
  ['counts', nodeOf('Range'), [i64([1], []), i64([6], []), i64([2], [])], i64([1, 3, 5])],
]

describe('evaluate', () => {
  for (const [what, node, inputs, ...outputs] of cases) {
    test(what, () => expect(evaluate(node, inputs)).toEqual(outputs))
  }

  test('reads the floor of a root', () => {
    const near = 2 ** 26 - 1
    const [roots] = evaluate(nodeOf('Sqrt'), [f64([0, 3, near * near - 1, near * near, 2 ** 52 - 1])])
    expect(evaluate(nodeOf('Floor'), [roots])).toEqual([f64([0, 1, near - 1, near, 2 ** 26 - 1])])
  })

  test('gives zero no sign', () => {
    const [product] = evaluate(nodeOf('Mul'), [f32([0]), f32([-1])])
    expect(Object.is(product?.data[0], 0)).toBe(true)
  })

  const refused: readonly [why: string, node: OnnxNode, inputs: readonly (Value | undefined)[]][] = [
    ['the operator is not part of the profile', nodeOf('Erf'), [f32([1])]],
    ['16777217 is not exact as f32', nodeOf('Add'), [f32([2 ** 24]), f32([1])]],
    ['2147483648 is not exact as i32', nodeOf('Add'), [i32([2 ** 31 - 1]), i32([1])]],
    ['9223372036854775808 is not exact as i64', nodeOf('Mul'), [i64([2 ** 32]), i64([2 ** 31])]],
    ['256 is not exact as u8', nodeOf('Cast', [], { to: 2 }), [f32([256])]],
    ['0.5 is not exact as i64', nodeOf('Cast', [], { to: 7 }), [f32([0.5])]],
    ['-1 / 2 is not of a ≥ 0 and b ≥ 1', nodeOf('Div'), [i64([-1]), i64([2])]],
    ['the index -1 is not within 0 to 1', nodeOf('Gather'), [f32([1, 2]), i64([-1])]],
    ['input 1 is missing', nodeOf('Add'), [f32([1])]],
    ['alpha is no multiple of 2^−24', nodeOf('HardSigmoid'), [f32([1])]],
    ['i32 where f32 was expected', nodeOf('Add'), [f32([1]), i32([1])]],
    ['2 and 3 do not broadcast', nodeOf('Add'), [f32([1, 2]), f32([1, 2, 3])]],
    ['attribute dilations is not 1', nodeOf('Conv', [], { dilations: [2, 2] }), [square, square]],
  ]
  test.each(refused)('refuses: %s', (why, node, inputs) => {
    expect(() => evaluate(node, inputs)).toThrow(EvaluationError)
    expect(() => evaluate(node, inputs)).toThrow(expect.objectContaining({ reason: why, op: node.op, node: node.name }))
  })
})
