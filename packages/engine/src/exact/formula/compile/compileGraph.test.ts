import { bytesToHex, merkleRoot } from '@stoa/protocol'
import { describe, expect, test } from 'vitest'
import { int, ints } from '../../../quantize/emit/emitter.ts'
import { NoFormulasError } from '../errors.ts'
import type { Expression } from '../expression/schema.ts'
import { formulasOf } from '../formulasOf.ts'
import { graphOf } from '../testing/graphOf.ts'

const entry = (index: number): Expression => ({ op: 'entry', index, args: [] })
const input: Expression = { op: 'input', index: 0, args: [] }
const expressionsOf = (...given: Parameters<typeof graphOf>) =>
  formulasOf(graphOf(...given)).entries.map(({ expression }) => expression)

describe('an expression', () => {
  test('is what an operator is written as, of entries and inputs; casts and identities are nothing', () => {
    const found = expressionsOf((emit, x) => [[emit.node('Relu', [emit.cast(x, 'f32')]), 'f32']])
    expect(found).toEqual([input, { op: 'relu', args: [entry(0)] }, entry(1)])
  })

  test('writes out what passes, a root with its floor, and what stands twice as one', () => {
    const found = expressionsOf((emit, x) => {
      const halves = emit.node('Mul', [emit.cast(x, 'f32'), emit.f32(0.5)])
      const both = emit.node('Mul', [halves, emit.cast(halves, 'f32')])
      const root = emit.node('Floor', [emit.node('Sqrt', [emit.cast(x, 'f64')])])
      return [
        [emit.node('Round', [both]), 'f32'],
        [root, 'f64'],
      ]
    })
    const halves = { op: 'mul', args: [entry(0), { op: 'number', rank: 0, unit: -1, m: 1n, args: [] }] }
    expect(found[3]).toEqual({ op: 'round', args: [{ op: 'mul', args: [halves, halves] }] })
    expect(found[3]?.args[0]?.args[0]).toBe(found[3]?.args[0]?.args[1])
    expect(found[2]).toEqual({ op: 'root', args: [entry(1)] })
  })

  test('has what follows from constants as a constant, and what follows from lengths written out', () => {
    const found = expressionsOf((emit, x) => {
      const turned = emit.node('Transpose', [emit.i64([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [4, 3])])
      const fixed = emit.node('Concat', [emit.node('Shape', [turned]), emit.i64([7])], { axis: int(0) })
      const last = emit.node('Slice', [emit.node('Shape', [x]), emit.i64([-1]), emit.i64([9])])
      const sums = emit.node('Add', [emit.node('Gather', [fixed, emit.i64([2])]), last])
      return [[emit.node('Mul', [emit.cast(x, 'i64'), sums]), 'i64']]
    })
    const one = (m: bigint) => ({ op: 'number', rank: 1, unit: 0, m, args: [] })
    const last = { op: 'shape', first: 1, end: 2, args: [input] }
    expect(found[1]).toEqual({ op: 'mul', args: [entry(0), { op: 'add', args: [one(7n), last] }] })
  })

  test('has some lengths of a shape as the shape of their axes, and numbers next to each other as a list', () => {
    const found = expressionsOf((emit, x) => {
      const shape = emit.node('Shape', [x])
      const cut = (from: number, to: number) => emit.node('Slice', [shape, emit.i64([from]), emit.i64([to])])
      const parts = [cut(0, 1), emit.i64([1]), emit.i64([1, 1]), cut(-1, 2), emit.i64([1])]
      const reshaped = emit.node('Reshape', [emit.cast(x, 'i64'), emit.node('Concat', [...parts], { axis: int(0) })])
      const none = emit.node('Concat', [cut(1, 1), shape], { axis: int(0) })
      return [
        [reshaped, 'i64'],
        [emit.node('Reshape', [emit.cast(x, 'i64'), none]), 'i64'],
      ]
    })
    const shape = (first: number, end: number) => ({ op: 'shape', first, end, args: [input] })
    const one = (m: bigint) => ({ op: 'number', rank: 1, unit: 0, m, args: [] })
    const list = { op: 'list', items: [1n, 1n, 1n], args: [] }
    const lengths = found.flatMap(({ op, args }) => (op === 'reshape' ? [args[1]?.args] : []))
    const empty = { op: 'slice', cuts: [{ axis: 0, step: 1 }], args: [shape(0, 2), one(1n), one(1n)] }
    expect(lengths).toEqual([
      [shape(0, 1), list, shape(1, 2), one(1n)],
      [empty, shape(0, 2)],
    ])
  })
})

describe('a constant', () => {
  const written = (data: readonly number[], dims: readonly number[]) => {
    const found = expressionsOf((emit, x) => {
      const wide = emit.node('Mul', [emit.cast(x, 'f32'), emit.f32(data, dims)])
      return [[emit.node('Round', [wide]), 'f32']]
    })
    const product = found.flatMap((own) => [own, ...own.args]).find(({ op }) => op === 'mul')
    return product?.args[1]
  }

  test('of one element is a number, of a few whole ones a list', () => {
    expect(written([-0.75], [1, 1])).toEqual({ op: 'number', rank: 2, unit: -2, m: -3n, args: [] })
    expect(written([1, 2, -3, 0], [4])).toEqual({ op: 'list', items: [1n, 2n, -3n, 0n], args: [] })
  })

  test.each([
    ['u8', [0.5, 127.5, 0, 1], [1, 0xff, 0, 2]],
    ['i8', [-0.5, 0, -64, 63.5], [0xff, 0, 0x80, 0x7f]],
    ['i16', [0.5, 0, -64.5, 2 ** 13], [1, 0, 0, 0, 0x7f, 0xff, 0, 0x40]],
    ['i32', [0.5, 0, -(2 ** 14) - 0.5, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x7f, 0xff, 0xff, 0, 0, 0, 0]],
  ])('is stored as %s, the first that holds it', (type, data, bytes) => {
    const root = bytesToHex(merkleRoot(Uint8Array.from(bytes)))
    const layout = { dims: [4], order: [0] }
    expect(written(data, [4])).toEqual({ op: 'constant', type, unit: -1, layout, root, args: [] })
  })

  test('is laid out by columns where it is multiplied from the right, and by window and channel where it is a kernel', () => {
    const graph = graphOf((emit, x) => {
      const wide = emit.cast(x, 'f32')
      const product = emit.node('MatMul', [wide, emit.f32([1, 2, 3, 4, 5, 6, 7, 8], [4, 2])])
      const image = emit.node('Reshape', [wide, emit.i64([0, 2, 1, 2])])
      const conv = emit.node('Conv', [image, emit.f32([1, 2, 3, 4], [1, 2, 1, 2])])
      const spread = emit.node('ConvTranspose', [image, emit.f32([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 1, 2])])
      return [product, conv, spread].map((tensor) => [tensor, 'f32'] as const)
    })
    const formulas = formulasOf(graph)
    const stored = formulas.entries.flatMap(({ expression }) => {
      const constant = expression.args[1]
      return constant?.op === 'constant' ? [[constant.layout.order, [...formulas.constantBytes(constant.root)]]] : []
    })
    expect(stored).toEqual([
      [
        [1, 0],
        [1, 3, 5, 7, 2, 4, 6, 8],
      ],
      [
        [0, 2, 3, 1],
        [1, 3, 2, 4],
      ],
      [
        [1, 2, 3, 0],
        [1, 5, 2, 6, 3, 7, 4, 8],
      ],
    ])
  })
})

describe('no formulas, with node and reason', () => {
  test.each<[string, Parameters<typeof graphOf>[0], { op?: string; reason: string }]>([
    [
      'weights of units that are too far apart',
      (emit, x) => {
        const columns = emit.f64([2 ** 30, 2 ** -40, 0, 0, 0, 0, 0, 0], [4, 2])
        return [[emit.node('Round', [emit.node('MatMul', [emit.cast(x, 'f64'), columns])]), 'f64']]
      },
      { op: 'MatMul', reason: 'has numbers of more than 8 bytes' },
    ],
    [
      'numbers that a state does not hold',
      (emit, x) => {
        const far = emit.f64([2 ** -50, 1, 1, 1])
        const columns = [far, far, far].reduce((of, by) => emit.node('Mul', [of, by]), emit.cast(x, 'f64'))
        return [[emit.node('Round', [columns]), 'f64']]
      },
      { op: 'Mul', reason: 'numbers of up to 2^158 units of 2^-150' },
    ],
    [
      'the shape of a sum that passes',
      (emit, x) => {
        const sums = emit.node('MatMul', [emit.cast(x, 'f32'), emit.f32([0.5, 1, 1, 1], [4, 1])])
        const mask = emit.node('ConstantOfShape', [emit.node('Shape', [sums])])
        return [[emit.node('Round', [emit.node('Add', [sums, mask])]), 'f32']]
      },
      { op: 'Round', reason: 'a sum stands where many of its elements are read' },
    ],
    [
      'a bound that depends on lengths',
      (emit, x) => {
        const length = emit.cast(
          emit.node('Squeeze', [
            emit.node('Slice', [emit.node('Shape', [x]), emit.i64([0]), emit.i64([1])]),
            emit.i64([0]),
          ]),
          'f32',
        )
        return [[emit.node('Clip', [emit.cast(x, 'f32'), emit.f32(0), length]), 'f32']]
      },
      { op: 'Clip', reason: 'input 2 depends on lengths' },
    ],
    [
      'axes that depend on lengths',
      (emit, x) => [[emit.node('Squeeze', [emit.node('ReduceSum', [emit.cast(x, 'i64'), emit.i64([1])])]), 'i64']],
      { reason: 'depends on lengths' },
    ],
    [
      'a tensor that is whole with some lengths',
      (emit, x) => {
        const length = emit.cast(emit.node('Slice', [emit.node('Shape', [x]), emit.i64([0]), emit.i64([1])]), 'f32')
        const part = emit.node('Mul', [length, emit.f32(0.5)])
        return [[emit.node('Round', [emit.node('Add', [emit.cast(x, 'f32'), part])]), 'f32']]
      },
      { reason: 'its trace has 3 to 4 entries, depending on lengths' },
    ],
    [
      'an axis too many',
      (emit, x) => [[emit.node('Unsqueeze', [x, emit.i64([0, 1, 2, 3, 4, 5, 6])]), 'u8']],
      { op: 'Unsqueeze', reason: 'rank 9' },
    ],
    [
      'sums of sums that would be computed over and over',
      (emit, x) => {
        let halves = emit.node('Mul', [emit.cast(x, 'f64'), emit.f64(0.5)])
        for (let i = 0; i < 12; i++) halves = emit.node('Add', [halves, halves])
        return [[emit.node('Round', [halves]), 'f64']]
      },
      { op: 'Add', reason: 'without names it has 2047 nodes, at most 1024' },
    ],
    [
      'a chain of more nodes than formulas have',
      (emit, x) => {
        let halves = emit.node('Mul', [emit.cast(x, 'f64'), emit.f64(0.5)])
        for (let i = 0; i < 600; i++) halves = emit.node('Max', [halves, emit.f64(i)])
        return [[emit.node('Round', [halves]), 'f64']]
      },
      { op: 'Max', reason: 'more than 255 nodes stand one within another' },
    ],
  ])('%s', (_, make, { op, reason }) => {
    const find = () => formulasOf(graphOf(make))
    expect(find).toThrow(NoFormulasError)
    expect(find).toThrow(expect.objectContaining({ op, reason: expect.stringContaining(reason) }))
  })

  test('says what to do', () => {
    const find = () =>
      formulasOf(graphOf((emit, x) => [[emit.node('Unsqueeze', [x, emit.i64([0, 1, 2, 3, 4, 5, 6])]), 'u8']]))
    expect(find).toThrowErrorMatchingInlineSnapshot(`
      [NoFormulasError: The model is exact, but has no formulas: Unsqueeze "Unsqueeze": rank 9, at most 8 is possible.
      It can be sold as attested. specs/formulas.md says what a graph must be like to be judged by a contract.]
    `)
  })
})

test('sums of a transposed image take windows in a few taps', () => {
  const [, , conv] = expressionsOf((emit, x) => {
    const image = emit.node('Reshape', [emit.cast(x, 'f32'), emit.i64([0, 1, 2, 2])])
    return [[emit.node('Conv', [image, emit.f32([1, 2, 3, 4], [1, 1, 2, 2])], { pads: ints([1, 0, 0, 1]) }), 'f32']]
  })
  expect(conv).toMatchObject({ op: 'conv', chunk: 3, group: 1, strides: [1, 1], padding: [1, 0, 0, 1], biased: false })
})
