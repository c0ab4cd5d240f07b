import type { OnnxModel } from '../../../onnx/model.ts'
import { Emitter, float, int, ints, text } from '../../../quantize/emit/emitter.ts'
import type { Value } from '../../value.ts'
import { tensor } from '../values.ts'

export type VectorGraph = {
  readonly name: string
  readonly model: OnnxModel
  readonly inputs: ReadonlyMap<string, Value>
}

/** Emits a graph of some inputs, given by their names, and returns its outputs with names and types. */
type Make = (
  emit: Emitter,
  names: readonly string[],
) => readonly (readonly [tensor: string, type: 'f32' | 'f64' | 'i32' | 'i64' | 'u8' | 'i8' | 'bool'])[]

function graph(
  name: string,
  values: readonly Value[],
  make: Make,
  ranges: readonly { lo: number; hi: number }[] = [],
): VectorGraph {
  const emit = new Emitter()
  const names = values.map(({ type, dims }, i) => emit.input(`x${i}`, type, dims, ranges[i]))
  for (const [i, [made, type]] of make(emit, names).entries()) emit.output(made, `y${i}`, type)
  return { name, model: emit.model(), inputs: new Map(values.map((value, i) => [`x${i}`, value])) }
}

const WINDOW = { kernel_shape: ints([2, 2]) }
const NEAREST = {
  mode: text('nearest'),
  coordinate_transformation_mode: text('asymmetric'),
  nearest_mode: text('floor'),
}
const image = tensor('u8', [255, 0, 255, 0, 0, 255, 0, 255, 255, 255, 0, 0], [1, 2, 2, 3])
const signed = tensor('i8', [-128, 127, -1, 0, 1, -127, 64, -65], [2, 4])
const words = tensor('i32', [-(2 ** 31), 2 ** 31 - 1, 0, -1, 7, -7], [2, 3])
const longs = tensor('i64', [-(2 ** 50), 2 ** 50, 0, 1, -(2 ** 31), 2 ** 31 - 1], [2, 3])
const WORDS = { lo: -(2 ** 31), hi: 2 ** 31 - 1 }
const LONGS = { lo: -(2 ** 50), hi: 2 ** 50 }

/** Graphs of every operator of the profile with values at its limits. */
export const vectorGraphs = (): VectorGraph[] => [
  ...[...products(), ...rounding(), ...arithmetic(), ...choices(), ...movements(), ...atBinding()],
]

const products = (): VectorGraph[] => [
  graph('Conv: sums of 2^24 units, two shifts, a bias, clipped and rounded', [image], (emit, [x = '']) => {
    // 255 · 65793 + 1 = 2^24: all of it in one tap, and spread over eight.
    const weights = [65793, 0, 0, 0, 0, 0, 0, 0, -8224, 8224, -8224, 8224, 8224, -8224, 8224, -8225]
    const scaled = weights.map((weight, i) => weight * 2 ** (i < 8 ? -16 : -15))
    const inputs = [emit.cast(x, 'f32'), emit.f32(scaled, [2, 2, 2, 2]), emit.f32([2 ** -16, 2 ** -15])]
    const sums = emit.node('Conv', inputs, { ...WINDOW, pads: ints([1, 0, 0, 1]), strides: ints([1, 2]) })
    return [[emit.node('Round', [emit.node('Clip', [sums, emit.f32(-100), emit.f32(127)])]), 'f32']]
  }),
  graph('Conv: two groups', [image], (emit, [x = '']) => {
    const inputs = [emit.cast(x, 'f32'), emit.f32([0.5, -0.25, 3, 1], [2, 1, 1, 2])]
    return [[emit.node('Floor', [emit.node('Conv', inputs, { group: int(2) })]), 'f32']]
  }),
  graph('ConvTranspose: overlapping taps, cropped', [image], (emit, [x = '']) => {
    const weights = Array.from({ length: 18 }, (_, i) => (i - 9) * 2 ** -3)
    const inputs = [emit.cast(x, 'f32'), emit.f32(weights, [2, 1, 3, 3]), emit.f32([0.5])]
    const sums = emit.node('ConvTranspose', inputs, { strides: ints([2, 1]), pads: ints([1, 0, 0, 1]) })
    return [[emit.node('Round', [sums]), 'f32']]
  }),
  graph('MatMul: constant columns in f32', [signed], (emit, [x = '']) => {
    // 128 · (131071 + 1) = 2^24.
    const columns = emit.f32([131071, 0.125, -1, 0.125, 0, -0.125, 0, 0.125], [4, 2])
    return [[emit.node('Round', [emit.node('MatMul', [emit.cast(x, 'f32'), columns])]), 'f32']]
  }),
  graph('MatMul: both operands of the inputs, in f64', [signed], (emit, [x = '']) => {
    const wide = emit.node('Mul', [emit.cast(x, 'f64'), emit.f64(2 ** 18)])
    const turned = emit.node('Transpose', [wide], { perm: ints([1, 0]) })
    return [[emit.node('MatMul', [wide, turned]), 'f64']]
  }),
  graph(
    'MatMulInteger: bytes at their ends, with zero points',
    [tensor('u8', [255, 0, 255, 0, 255, 0], [2, 3])],
    (emit, [x = '']) => {
      const byte = (value: number) => emit.constant(tensor('u8', [value], []))
      const weights = emit.constant(tensor('u8', [255, 0, 0, 255, 128, 127], [3, 2]))
      const both = emit.node('MatMulInteger', [x, weights, byte(128), byte(255)])
      return [
        [both, 'i32'],
        [emit.node('MatMulInteger', [x, weights]), 'i32'],
      ]
    },
  ),
]

const rounding = (): VectorGraph[] => [
  graph('Round and Floor: halves of both signs', [signed], (emit, [x = '']) => {
    const halves = emit.node('Mul', [emit.cast(x, 'f32'), emit.f32(0.5)])
    return [
      [emit.node('Round', [halves]), 'f32'],
      [emit.node('Floor', [halves]), 'f32'],
    ]
  }),
  graph(
    'Sqrt: around squares',
    [tensor('i32', [0, 1, 2, 3, 46340, 2 ** 25], [6])],
    (emit, [x = '']) => {
      const squares = emit.node('Mul', [emit.cast(x, 'f64'), emit.cast(x, 'f64')])
      const below = emit.node('Max', [emit.node('Sub', [squares, emit.f64(1)]), emit.f64(0)])
      const roots = [squares, below].map((of) => emit.node('Floor', [emit.node('Sqrt', [of])]))
      return roots.map((root) => [root, 'f64'] as const)
    },
    [{ lo: 0, hi: 2 ** 25 }],
  ),
  graph('HardSigmoid: a hard swish', [signed], (emit, [x = '']) => {
    const wide = emit.cast(x, 'f32')
    const slope = emit.node('HardSigmoid', [wide], { alpha: float(2 ** -7), beta: float(0.5) })
    return [[emit.node('Round', [emit.node('Mul', [wide, slope])]), 'f32']]
  }),
  graph(
    'Clip and Relu: stored types',
    [words],
    (emit, [x = '']) => {
      const clipped = [
        [0, 255],
        [-128, 127],
        [-32768, 32767],
        [-(2 ** 20), 2 ** 20],
      ].map(([lo = 0, hi = 0]) => emit.node('Clip', [x, emit.i32(lo), emit.i32(hi)]))
      return [...clipped, emit.node('Relu', [x])].map((made) => [made, 'i32'] as const)
    },
    [WORDS],
  ),
]

const arithmetic = (): VectorGraph[] => [
  graph(
    'Add, Sub and Mul of i64',
    [longs],
    (emit, [x = '']) => {
      const row = emit.i64([1, -1, 3])
      return ['Add', 'Sub', 'Mul'].map((op) => [emit.node(op, [x, row]), 'i64'] as const)
    },
    [LONGS],
  ),
  graph('Add, Sub and Mul of f32 with a column', [signed], (emit, [x = '']) => {
    const column = emit.f32([0.25, -0.75], [2, 1])
    return ['Add', 'Sub', 'Mul'].map(
      (op) => [emit.node('Round', [emit.node(op, [emit.cast(x, 'f32'), column])]), 'f32'] as const,
    )
  }),
  graph(
    'Div: floors',
    [tensor('i64', [2 ** 50, 2 ** 50 - 1, 0, 5], [4])],
    (emit, [x = '']) => [[emit.node('Div', [x, emit.i64([1, 2, 3, 7])]), 'i64']],
    [{ lo: 0, hi: 2 ** 50 }],
  ),
  graph('Cast: to and from every type', [tensor('u8', [0, 1, 127])], (emit, [x = '']) => {
    let last = x
    return (['f32', 'f64', 'i32', 'i64', 'u8'] as const).map((type) => {
      last = emit.cast(last, type)
      return [last, type] as const
    })
  }),
  graph(
    'ReduceSum, ReduceMax and ReduceMin',
    [words],
    (emit, [x = '']) => {
      const sum = emit.node('ReduceSum', [emit.cast(x, 'i64'), emit.i64([-1])], { keepdims: int(0) })
      const ends = ['ReduceMax', 'ReduceMin'].map((op) => emit.node(op, [x, emit.i64([0])]))
      return [[sum, 'i64'], ...ends.map((end) => [end, 'i32'] as const)]
    },
    [WORDS],
  ),
]

const choices = (): VectorGraph[] => [
  graph(
    'Max and Min',
    [words],
    (emit, [x = '']) =>
      ['Max', 'Min'].map((op) => [emit.node(op, [x, emit.i32([0, 2 ** 31 - 1, -1])]), 'i32'] as const),
    [WORDS],
  ),
  graph('Equal, Less, Greater, Not, And, Or and Where', [signed], (emit, [x = '']) => {
    const wide = emit.cast(x, 'f32')
    const truths = ['Equal', 'Less', 'Greater'].map((op) => emit.node(op, [wide, emit.f32(-1)]))
    const [equal = '', less = '', greater = ''] = truths
    const either = emit.node('Or', [equal, emit.node('Not', [emit.node('And', [less, greater])])])
    const chosen = emit.node('Where', [less, wide, emit.f32(99)])
    return [...[...truths, either].map((truth) => [truth, 'bool'] as const), [chosen, 'f32']]
  }),
  graph(
    'ArgMax: the first of equals',
    [tensor('i32', [3, 3, 1, -5, -5, -5], [2, 3])],
    (emit, [x = '']) => [[emit.node('ArgMax', [x], { axis: int(1), keepdims: int(0) }), 'i64']],
    [WORDS],
  ),
  graph('Gather: a table', [signed], (emit, [x = '']) => {
    const index = emit.node('Add', [emit.cast(x, 'i32'), emit.i32(128)])
    const table = emit.i64(Array.from({ length: 256 }, (_, i) => (i - 128) ** 7))
    return [[emit.node('Gather', [table, index]), 'i64']]
  }),
  graph('Gather: columns', [signed], (emit, [x = '']) => [
    [emit.node('Gather', [x, emit.i64([3, 0, 0])], { axis: int(1) }), 'i8'],
  ]),
  graph(
    'MaxPool: padding never wins',
    [tensor('i8', [-128, -2, -3, -4, -5, -6, -7, -8, -9], [1, 1, 3, 3])],
    (emit, [x = '']) => [
      [
        emit.node('MaxPool', [emit.cast(x, 'f32')], { ...WINDOW, pads: ints([1, 1, 0, 0]), strides: ints([2, 1]) }),
        'f32',
      ],
    ],
  ),
  graph('Resize: twice as high, three times as wide', [image], (emit, [x = '']) => [
    [emit.node('Resize', [emit.cast(x, 'f32'), '', emit.f32([1, 1, 2, 3])], NEAREST), 'f32'],
  ]),
]

const movements = (): VectorGraph[] => [
  graph('Reshape, Transpose, Squeeze, Unsqueeze, Expand and Identity', [signed], (emit, [x = '']) => {
    const flat = emit.node('Reshape', [x, emit.i64([0, -1, 1])])
    const turned = emit.node('Transpose', [flat], { perm: ints([2, 1, 0]) })
    const dropped = emit.node('Squeeze', [turned, emit.i64([0])])
    const added = emit.node('Unsqueeze', [dropped, emit.i64([-1])])
    const wide = emit.node('Expand', [added, emit.i64([1, 1, 2])])
    return [flat, turned, dropped, added, wide].map((made) => [made, 'i8'] as const)
  }),
  graph(
    'Concat, Slice, Split and Pad',
    [longs],
    (emit, [x = '']) => {
      const both = emit.node('Concat', [x, emit.i64([7, 8], [2, 1])], { axis: int(1) })
      const sliced = emit.node('Slice', [both, emit.i64([-4]), emit.i64([4]), emit.i64([1]), emit.i64([2])])
      const parts = emit.nodes('Split', [both, emit.i64([1, 3])], { axis: int(-1) }, 2)
      const padded = emit.node('Pad', [x, emit.i64([0, 1, 1, 0])])
      return [both, sliced, ...parts, padded].map((made) => [made, 'i64'] as const)
    },
    [LONGS],
  ),
]

const atBinding = (): VectorGraph[] => [
  graph('Shape, Constant, ConstantOfShape and Range', [signed], (emit, [x = '']) => {
    const shape = emit.node('Slice', [emit.node('Shape', [x]), emit.i64([1]), emit.i64([2])])
    const one = emit.node('Constant', [], { value: { kind: 'tensor', value: tensor('i64', [1]) } })
    const flat = emit.node('Reshape', [x, emit.node('Concat', [emit.i64([-1]), shape, one], { axis: int(0) })])
    const sevens = emit.node('ConstantOfShape', [shape], { value: { kind: 'tensor', value: tensor('i64', [7]) } })
    const length = emit.node('Squeeze', [shape])
    const steps = emit.node('Range', [emit.i64(0), length, emit.i64(1)])
    const wide = emit.cast(x, 'i64')
    return [
      [flat, 'i8'],
      [emit.node('Add', [emit.node('Add', [wide, sevens]), steps]), 'i64'],
    ]
  }),
]
