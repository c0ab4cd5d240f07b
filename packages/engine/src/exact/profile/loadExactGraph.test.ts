import { describe, expect, test } from 'vitest'
import type { OnnxModel, OnnxNode, OnnxTensor } from '../../onnx/model.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { bindGraph } from './bindGraph.ts'
import { InvalidExactInputError, InvalidExactModelError } from './errors.ts'
import { loadExactGraph } from './loadExactGraph.ts'

type Attributes = OnnxNode['attributes']
const node = (op: string, inputs: string[], outputs: string[], attributes: Attributes = new Map()): OnnxNode => ({
  ...{ name: `the ${op}`, op, domain: '', inputs, outputs, attributes },
})
const f32 = (dims: number[], ...data: number[]): OnnxTensor => ({ type: 'f32', dims, data: Float32Array.from(data) })
const toF32: Attributes = new Map([['to', { kind: 'int', value: 1 }]])

/** A model of one u8 input `x` [n, 4] that is cast to `f` before the nodes and shows `y`. */
function model(
  nodes: OnnxNode[],
  initializers: Record<string, OnnxTensor> = {},
  more: Partial<OnnxModel> = {},
): OnnxModel {
  return {
    opset: 18,
    metadata: new Map([
      ['stoa.profile', 'exact/1'],
      ['stoa.dim.n', '1..8/1'],
    ]),
    inputs: [{ name: 'x', type: 'u8', dims: ['n', 4] }],
    outputs: [{ name: 'y', type: 'f32', dims: undefined }],
    initializers: new Map(Object.entries(initializers)),
    nodes: [node('Cast', ['x'], ['f'], toF32), ...nodes],
    ...more,
  }
}

const load = (...given: Parameters<typeof model>) => loadExactGraph(writeOnnxModel(model(...given)))
const factsOf = (graph: ReturnType<typeof load>, name: string, n = 2) =>
  bindGraph(graph, new Map([['x', [n, 4]]])).facts.get(name)

describe('a product with constant weights', () => {
  const weights = (first: number) => f32([4, 2], first, 2 ** -10, 1, 2 ** -10, 1, 2 ** -10, 1, 2 ** -10)
  const nodes = [node('MatMul', ['f', 'w'], ['m']), node('Round', ['m'], ['y'])]

  test('has a unit and a range for each channel', () => {
    const facts = factsOf(load(nodes, { w: weights(-1) }), 'm')
    expect(facts).toMatchObject({ unit: -10, lo: -255, hi: 765 })
    expect([...(facts?.channels?.unit ?? [])]).toEqual([0, -10])
    expect([...(facts?.channels?.hi ?? [])]).toEqual([765, 1020 / 1024])
    expect(factsOf(load(nodes, { w: weights(-1) }), 'y')).toMatchObject({ unit: 0, lo: -255, hi: 765, stored: 'i32' })
  })

  test('may sum up to 2^24 units and no further', () => {
    // 255 · (w + 3) = 2^24 - 1 at w = 65790; one more is too many.
    expect(255 * (65790 + 3)).toBe(2 ** 24 - 1)
    load(nodes, { w: weights(65790) })
    expect(() => load(nodes, { w: weights(65791) })).toThrow('output channel 0 sums up to 1.678e+7 units of 2^0')
    expect(() => load(nodes, { w: weights(-65791) })).toThrow(InvalidExactModelError)
  })
})

test('a tensor that is not rounded is read by elementwise operators only', () => {
  const half = { h: f32([], 0.5) }
  const nodes = [node('Mul', ['f', 'h'], ['m']), node('ReduceSum', ['m'], ['y'])]
  expect(() => load(nodes, half)).toThrow('ReduceSum "the ReduceSum": input 0 has the unit 2^-1; round it first')
  expect(() => load([node('Mul', ['f', 'h'], ['y'])], half)).toThrow('the output "y" has the unit 2^-1')
})

describe('refused, with node and reason', () => {
  const cases: [string, Parameters<typeof model>, string][] = [
    [
      'an operator outside the profile',
      [[node('Sigmoid', ['f'], ['y'])]],
      'Sigmoid "the Sigmoid": the operator is not part of the profile',
    ],
    [
      'an operator of another domain',
      [[{ ...node('Add', ['f', 'f'], ['y']), domain: 'com.example' }]],
      'not part of the profile',
    ],
    [
      'an attribute that was not looked at',
      [[node('Add', ['f', 'f'], ['y'], new Map([['axis', { kind: 'int', value: 1 }]]))]],
      'attribute axis is not part of the profile',
    ],
    ['a tensor read before it is made', [[node('Add', ['f', 'g'], ['y'])]], '"g" is not made before it is read'],
    ['a tensor made twice', [[node('Add', ['f', 'f'], ['f'])]], '"f" is made twice'],
    [
      'an infinite constant',
      [[node('Add', ['f', 'c'], ['y'])], { c: f32([], Number.POSITIVE_INFINITY) }],
      'the constant "c" (f32)',
    ],
    ['a sum beyond the type', [[node('Mul', ['f', 'c'], ['y'])], { c: f32([], 2 ** 17) }], 'f32 counts 16777216'],
    ['shapes that do not match', [[node('Add', ['f', 'c'], ['y'])], { c: f32([3], 1, 2, 3) }], 'do not match'],
    [
      'a division that may be by zero',
      [[node('Cast', ['f'], ['i'], new Map([['to', { kind: 'int', value: 6 }]])), node('Div', ['i', 'i'], ['y'])]],
      'needs a ≥ 0 and b ≥ 1',
    ],
    [
      'an index beyond the table',
      [[node('Gather', ['c', 'x'], ['y'])], { c: f32([3], 1, 2, 3) }],
      'u8 is not among i32, i64',
    ],
    ['coefficients that are not dyadic', [[node('HardSigmoid', ['f'], ['y'])]], 'no multiples of 2^-24'],
    [
      'a root read by anything but Floor',
      [
        [
          node('Cast', ['f'], ['d'], new Map([['to', { kind: 'int', value: 11 }]])),
          node('Sqrt', ['d'], ['r']),
          node('Round', ['r'], ['y']),
        ],
      ],
      'which only Floor may',
    ],
    [
      'an output that depends on nothing',
      [[node('Identity', ['c'], ['y'])], { c: f32([], 1) }],
      'does not depend on the inputs',
    ],
    [
      'an output of another type than stated',
      [[node('Identity', ['f'], ['y'])], {}, { outputs: [{ name: 'y', type: 'i32', dims: undefined }] }],
      'is f32, the file says i32',
    ],
    ['another operator set', [[node('Identity', ['f'], ['y'])], {}, { opset: 17 }], 'its operator set is 17'],
    [
      'another profile',
      [[node('Identity', ['f'], ['y'])], {}, { metadata: new Map() }],
      'its stoa.profile is not stated',
    ],
    [
      'lengths that are not stated',
      [[node('Identity', ['f'], ['y'])], {}, { metadata: new Map([['stoa.profile', 'exact/1']]) }],
      'the lengths of "n" are not stated',
    ],
    [
      'an input of floats',
      [[node('Identity', ['f'], ['y'])], {}, { inputs: [{ name: 'x', type: 'f32', dims: [1] }] }],
      'must be an integer',
    ],
    [
      'an input without range',
      [[node('Identity', ['f'], ['y'])], {}, { inputs: [{ name: 'x', type: 'i64', dims: [1] }] }],
      'stoa.range.x',
    ],
  ]
  test.each(cases)('%s', (_, given, why) => {
    expect(() => load(...given)).toThrow(why)
    expect(() => load(...given)).toThrow(InvalidExactModelError)
  })
})

test('what holds for short inputs only is refused at load', () => {
  const nodes = [node('ReduceSum', ['g'], ['y'], new Map([['keepdims', { kind: 'int', value: 0 }]]))]
  const big = [node('Mul', ['f', 'c'], ['g']), ...nodes]
  load(big, { c: f32([], 2 ** 11) })
  expect(() => load(big, { c: f32([], 2 ** 12) })).toThrow('ReduceSum')
})

test('lengths that a request may not have are refused', () => {
  const graph = load([node('Identity', ['f'], ['y'])])
  const bind = (...dims: number[]) => bindGraph(graph, new Map([['x', dims]]))
  expect(() => bind(9, 4)).toThrow('"x" has a length 9, needed is 1 to 8')
  expect(() => bind(1, 5)).toThrow('"x" has a length 5, needed is 4')
  expect(() => bind(4)).toThrow('"x" must have 2 dimensions, has 1')
  expect(() => bind(1.5, 4)).toThrow(InvalidExactInputError)
})

test('what follows from lengths alone is computed at binding', () => {
  const nodes = [
    node('Shape', ['f'], ['s']),
    node('Gather', ['s', 'first'], ['n']),
    node('Concat', ['n', 'minus'], ['shape'], new Map([['axis', { kind: 'int', value: 0 }]])),
    node('Reshape', ['f', 'shape'], ['y']),
  ]
  const i64 = (...data: bigint[]): OnnxTensor => ({ type: 'i64', dims: [data.length], data: BigInt64Array.from(data) })
  const bound = bindGraph(load(nodes, { first: i64(0n), minus: i64(-1n) }), new Map([['x', [3, 4]]]))
  expect(bound.facts.get('y')?.dims).toEqual([3, 4])
  expect(bound.constants.get('shape')?.data).toEqual(BigInt64Array.of(3n, -1n))
  expect(bound.nodes.map(({ op }) => op)).toEqual(['Cast', 'Reshape'])
})

test('the square of a tensor is never below zero', () => {
  const shift = [node('Sub', ['f', 'c'], ['s']), node('Mul', ['s', 's'], ['y'])]
  expect(factsOf(load(shift, { c: f32([], 100) }), 'y')).toMatchObject({ lo: 0, hi: 155 ** 2 })
})

test('a Clip narrows what is committed to, and roundings keep it', () => {
  const bounds = { lo: f32([], -128), hi: f32([], 127), w: f32([4, 1], 0.5, 0.5, 0.5, 0.25) }
  const nodes = [node('MatMul', ['f', 'w'], ['m']), node('Clip', ['m', 'lo', 'hi'], ['c']), node('Round', ['c'], ['y'])]
  expect(factsOf(load(nodes, bounds), 'y')).toMatchObject({ stored: 'i8', lo: 0, hi: 127 })
})

test('executors get nothing but what was proved, whatever else the file says', () => {
  const honest = writeOnnxModel(model([node('Identity', ['f'], ['y'])]))
  // A second graph in the file: readers of Protocol Buffers may take either, or both joined.
  const other = writeOnnxModel(model([node('Add', ['f', 'f'], ['y'])]))
  const graph = loadExactGraph(Uint8Array.of(...other, ...honest))
  expect(graph.bytes).toEqual(honest)
})
