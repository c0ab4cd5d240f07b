import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ocrFiles } from '../../../inference/ocr/testing/ocrFiles.ts'
import { readOnnxModel } from '../../../onnx/index.ts'
import { floatModel, type Line, weights } from '../../testing/floatModel.ts'
import { readFloatGraph } from '../readFloatGraph.ts'
import type { FloatGraph } from '../step.ts'
import { simplify } from './simplify.ts'

const one = (value: number) => ({ dims: [], data: [value] })

function simplified(constants: Parameters<typeof floatModel>[1], lines: readonly Line[], settings = {}): FloatGraph {
  return simplify(readFloatGraph(floatModel([1, 2, 4, 4], constants, lines, settings)))
}

const opsOf = ({ steps }: FloatGraph) => steps.map((step) => step.op)

test.each([
  ['det.onnx', 'p2o.Add.281', { conv: 64, hardSwish: 24, mean: 10, mul: 10, resize: 6, add: 3, concat: 1 }],
  [
    'cls.onnx',
    'p2o.Add.87',
    { conv: 53, hardSwish: 18, mean: 10, mul: 9, add: 7, maxPool: 1, integers: 5, move: 1, linear: 1 },
  ],
] as const)('nothing is left of %s that could be folded', async (file, output, expected) => {
  const model = readOnnxModel(await readFile(ocrFiles()[file]))
  const counts: Record<string, number> = {}
  for (const op of opsOf(simplify(readFloatGraph(model, [output])))) counts[op] = (counts[op] ?? 0) + 1
  expect(counts).toEqual(expected)
})

test('factors, shifts and bounds go into the convolution before them', () => {
  const { steps } = simplified({ w: weights([3, 2, 1, 1], 1), f: { dims: [3, 1, 1], data: [2, 3, 4] }, s: one(5) }, [
    ['Conv', ['x', 'w'], 'c'],
    ['Mul', ['f', 'c'], 'm'],
    ['Sub', ['s', 'm'], 'n'],
    ['Relu', ['n'], 'y'],
  ])
  expect(steps).toMatchObject([
    { name: 'y', op: 'conv', bias: Float64Array.of(5, 5, 5), bounds: { lo: 0, hi: Infinity } },
  ])
})

test('what somebody else reads is not folded away', () => {
  const graph = simplified({ w: weights([3, 2, 1, 1], 1), v: weights([3, 3, 1, 1], 2), s: one(2) }, [
    ['Conv', ['x', 'w'], 'c'],
    ['Mul', ['c', 's'], 'm'],
    ['Conv', ['m', 'v'], 'd'],
    ['Add', ['c', 'd'], 'y'],
  ])
  expect(opsOf(graph)).toEqual(['conv', 'affine', 'conv', 'add'])
})

test('attributes of old operator sets mean what inputs of new ones do', () => {
  const old = simplified(
    { w: weights([2, 2, 1, 1], 1) },
    [
      ['Conv', ['x', 'w'], 'c'],
      ['Clip', ['c'], 'r', { min: 0, max: 6 }],
      ['Slice', ['r'], 's', { axes: [2], starts: [1], ends: [3] }],
      ['Unsqueeze', ['s'], 'y', { axes: [0] }],
    ],
    { opset: 9 },
  )
  const now = simplified(
    { w: weights([2, 2, 1, 1], 1), lo: one(0), hi: one(6) },
    [
      ['Conv', ['x', 'w'], 'c'],
      ['Clip', ['c', 'lo', 'hi'], 'r'],
      ['Slice', ['r', 'starts', 'ends', 'axes'], 's'],
      ['Unsqueeze', ['s', 'zero'], 'y'],
    ],
    { integers: { starts: [1], ends: [3], axes: [2], zero: [0] } },
  )
  const bare = ({ steps, integers }: FloatGraph) =>
    steps.map((step) =>
      step.op === 'move' ? [step.op, step.moved.inputs.slice(1).map((name) => integers.get(name)?.data)] : step,
    )
  expect(bare(old)).toEqual(bare(now))
})

test('a network without a use for the converter is told where', () => {
  const read =
    (line: Line, constants = {}) =>
    () =>
      readFloatGraph(floatModel([1, 2, 4, 4], constants, [line]))
  expect(read(['Conv', ['x', 'w'], 'y', { dilations: [2, 2] }], { w: weights([2, 2, 3, 3], 1) })).toThrow(
    'it is dilated',
  )
  expect(read(['Resize', ['x', '', 's'], 'y', { mode: 'linear' }], { s: { dims: [4], data: [1, 1, 2, 2] } })).toThrow(
    'not nearest',
  )
  expect(read(['Softmax', ['x'], 'y', { axis: 1 }])).toThrow('over axis 1, not the last one')
  expect(read(['Div', ['k', 'x'], 'y'], { k: one(1) })).toThrow('a constant is divided')
  expect(read(['Pow', ['x', 'k'], 'y'], { k: one(-1) })).toThrow('not a constant from 1 to 4')
})
