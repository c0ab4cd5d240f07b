import { Emitter, float, int, ints } from '../../../quantize/emit/emitter.ts'
import type { VectorGraph } from '../../testing/reference/vectorGraphs.ts'
import { tensor } from '../../testing/values.ts'
import { elementsOf, type Value } from '../../value.ts'

/** Integers of both signs that look random, up to `most` in magnitude. */
const pattern = (length: number, most: number): number[] =>
  Array.from({ length }, (_, i) => ((i * i * 31 + i * 7 + 11) % (2 * most + 1)) - most)

const SHIFT = 2 ** -6

/** Makes outputs of tensors, as f32 or i64 they are. */
type Make = (emit: Emitter, x: string) => readonly (readonly [tensor: string, type: 'f32' | 'f64' | 'i32' | 'i64'])[]

function graph(name: string, value: Value, make: Make, dims: readonly (number | string)[] = value.dims): VectorGraph {
  const emit = new Emitter()
  emit.dimension('n', { min: 1, max: 4, step: 1 })
  emit.dimension('w', { min: 2, max: 8, step: 2 })
  const range = value.type === 'i64' || value.type === 'i32' ? { lo: -(2 ** 20), hi: 2 ** 20 } : undefined
  const input = emit.input('x', value.type, dims, range)
  for (const [i, [made, type]] of make(emit, input).entries()) emit.output(made, `y${i}`, type)
  return { name, model: emit.model(), inputs: new Map([['x', value]]) }
}

const bytes = (dims: readonly number[]): Value =>
  tensor(
    'u8',
    pattern(elementsOf(dims), 127).map((x) => x + 127),
    dims,
  )
const signed = (dims: readonly number[]): Value => tensor('i8', pattern(elementsOf(dims), 127), dims)

const weights = (emit: Emitter, dims: readonly number[], unit = SHIFT): string =>
  emit.f32(
    pattern(elementsOf(dims), 17).map((w) => w * unit),
    dims,
  )

/** Graphs of which every kind of fold has several chunks, and in which formulas share parts and follow lengths. */
export const formulaGraphs = (): VectorGraph[] => [
  graph('A convolution times its own hard sigmoid: the sum is named', bytes([1, 20, 5, 4]), (emit, x) => {
    const inputs = [emit.cast(x, 'f32'), weights(emit, [3, 20, 5, 3]), emit.f32(pattern(3, 9))]
    const sums = emit.node('Conv', inputs, { pads: ints([2, 1, 2, 1]), strides: ints([1, 2]) })
    const slope = emit.node('HardSigmoid', [sums], { alpha: float(2 ** -3), beta: float(0.5) })
    const both = emit.node('Mul', [emit.node('Clip', [sums, emit.f32(-32), emit.f32(31)]), slope])
    return [[emit.node('Round', [both]), 'f32']]
  }),
  graph('Two groups of many channels, and each channel by itself', signed([1, 12, 4, 4]), (emit, x) => {
    const wide = emit.node('Concat', Array<string>(50).fill(emit.cast(x, 'f32')), { axis: int(1) })
    const groups = emit.node('Conv', [wide, weights(emit, [2, 300, 1, 2])], { group: int(2) })
    const apart = emit.node('Conv', [emit.cast(x, 'f32'), weights(emit, [12, 1, 3, 3])], { group: int(12) })
    return [groups, apart].map((sums) => [emit.node('Floor', [sums]), 'f32'] as const)
  }),
  graph('A transposed convolution: taps that meet nothing count', bytes([1, 40, 2, 3]), (emit, x) => {
    const inputs = [emit.cast(x, 'f32'), weights(emit, [40, 2, 3, 4]), emit.f32([0.5, -0.25])]
    const sums = emit.node('ConvTranspose', inputs, { strides: ints([2, 2]), pads: ints([1, 0, 0, 1]) })
    return [[emit.node('Round', [sums]), 'f32']]
  }),
  graph('Products: of constant columns, of an input and itself', signed([2, 300]), (emit, x) => {
    const wide = emit.cast(x, 'f32')
    const columns = emit.node('MatMul', [wide, weights(emit, [300, 3])])
    const squares = emit.node('MatMul', [wide, emit.node('Transpose', [wide], { perm: ints([1, 0]) })])
    return [
      [emit.node('Round', [emit.node('Add', [columns, emit.f32([0.5, -3, 2])])]), 'f32'],
      [squares, 'f32'],
    ]
  }),
  graph('Products of bytes less their zero points', bytes([2, 9]), (emit, x) => {
    const constant = emit.constant({
      type: 'u8',
      dims: [9, 30],
      data: Uint8Array.from(pattern(270, 100), (w) => w + 100),
    })
    const zeros = [128, 100].map((zero) => emit.constant({ type: 'u8', dims: [], data: Uint8Array.of(zero) }))
    const turned = emit.node('Transpose', [x], { perm: ints([1, 0]) })
    return [
      [emit.node('MatMulInteger', [x, constant, ...zeros]), 'i32'],
      [emit.node('MatMulInteger', [x, turned]), 'i32'],
    ]
  }),
  graph(
    'Sums, extremes and the place of the greatest, along the storage and across it',
    tensor('i32', pattern(2 * 5 * 140, 2 ** 20), [2, 5, 140]),
    (emit, x) => {
      const along = emit.node('ReduceSum', [emit.cast(x, 'i64'), emit.i64([-1])])
      const both = emit.node('ReduceMax', [x, emit.i64([2, 0])], { keepdims: int(0) })
      const across = emit.node('ReduceMin', [x, emit.i64([1])])
      const place = emit.node('ArgMax', [x], { axis: int(2) })
      const first = emit.node('ArgMax', [x], { axis: int(1), keepdims: int(0) })
      return [
        [along, 'i64'],
        [both, 'i32'],
        [across, 'i32'],
        [place, 'i64'],
        [first, 'i64'],
      ]
    },
  ),
  graph('Rank 4: terms in the order in which they are stored', signed([1, 3, 4, 5]), (emit, x) => {
    const entry = emit.node('Relu', [emit.cast(x, 'f32')])
    const sum = emit.node('ReduceSum', [entry, emit.i64([3, 1])])
    const window = { kernel_shape: ints([3, 2]), pads: ints([1, 0, 2, 1]), strides: ints([2, 1]) }
    return [
      [sum, 'f32'],
      [emit.node('ReduceMax', [emit.cast(x, 'i32')]), 'i32'],
      [emit.node('MaxPool', [entry], window), 'f32'],
    ]
  }),
  graph(
    'What follows from lengths: a mask, places, a shape, a table',
    signed([3, 6]),
    (emit, x) => {
      const shape = emit.node('Shape', [x])
      const [rows = '', columns = ''] = emit.nodes('Split', [shape], { axis: int(0) }, 2)
      const length = emit.node('Squeeze', [columns, emit.i64([0])])
      const places = emit.node('Range', [emit.i64(0), length, emit.i64(1)])
      const column = emit.node('Unsqueeze', [
        emit.node('Range', [emit.i64(0), emit.node('Squeeze', [rows, emit.i64([0])]), emit.i64(1)]),
        emit.i64([1]),
      ])
      const later = emit.node('Greater', [places, column])
      const masked = emit.node('Where', [later, emit.cast(x, 'i64'), emit.i64(-1)])
      const scaled = emit.node('Mul', [emit.cast(places, 'f32'), emit.f32(0.25)])
      const moved = emit.node('Round', [emit.node('Add', [emit.cast(x, 'f32'), scaled])])
      const halves = emit.node('Concat', [rows, emit.i64([2, -1])], { axis: int(0) })
      const table = emit.node('Gather', [emit.i64(pattern(20, 2 ** 40)), emit.node('Add', [places, emit.i64(3)])])
      const filled = emit.node('Add', [
        table,
        emit.node('ConstantOfShape', [shape], { value: { kind: 'tensor', value: tensor('i64', [7]) } }),
      ])
      return [
        [masked, 'i64'],
        [emit.node('Reshape', [moved, halves]), 'f32'],
        [emit.node('Add', [filled, emit.cast(x, 'i64')]), 'i64'],
      ]
    },
    ['n', 'w'],
  ),
]
