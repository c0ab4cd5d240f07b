import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadRuntime } from '../../inference/onnx/loadRuntime.ts'
import { UnsupportedOpError } from '../errors.ts'
import { floats, ints, runInOnnx, runInTfjs, type SmallGraph } from '../testing/smallGraph.ts'
import { loadTfjs } from '../testing/tfjsRuntime.ts'

const runtime = await loadRuntime()
const tf = await loadTfjs()

const DIMS = [4, 3, 5]
const x = floats(
  Array.from({ length: 60 }, (_, i) => i),
  DIMS,
)

type Masks = {
  begin_mask?: number
  end_mask?: number
  ellipsis_mask?: number
  new_axis_mask?: number
  shrink_axis_mask?: number
}

function slice(begin: number[], end: number[], strides: number[], masks: Masks): SmallGraph {
  const attr = Object.fromEntries(Object.entries(masks).map(([name, mask]) => [name, { i: String(mask) }]))
  return {
    nodes: [{ name: 'out', op: 'StridedSlice', input: ['x', 'b', 'e', 's'], attr }],
    constants: { b: ints(begin), e: ints(end), s: ints(strides) },
    feeds: { x },
  }
}

test('slices as TensorFlow.js does, whatever the bounds and masks', async () => {
  const bounds = { end: fc.integer({ min: -6, max: 6 }), open: fc.integer({ min: 0, max: 3 }) }
  const entry = fc.oneof(
    fc.record({ begin: fc.integer({ min: -5, max: 5 }), stride: fc.constantFrom(1, 2, 3), ...bounds }),
    fc.record({ begin: fc.integer({ min: -1, max: 5 }), stride: fc.constantFrom(-1, -2), ...bounds }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 3 }), async (entries) => {
      const mask = (bit: number) => entries.reduce((bits, { open }, i) => bits | (((open >> bit) & 1) << i), 0)
      const graph = slice(
        entries.map(({ begin }) => begin),
        entries.map(({ end }) => end),
        entries.map(({ stride }) => stride),
        { begin_mask: mask(0), end_mask: mask(1) },
      )
      // TensorFlow.js throws where steps of one meet nothing; there is nothing to compare then.
      const expected = await runInTfjs(tf, graph).catch(() => undefined)
      fc.pre(expected !== undefined)
      expect(await runInOnnx(runtime, graph)).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})

test.each<[string, SmallGraph]>([
  ['an axis dropped from the back', slice([-1, 0], [0, 2], [1, 1], { shrink_axis_mask: 1 })],
  [
    'an axis dropped in spite of open bounds',
    slice([1, 2], [2, 3], [1, 1], { begin_mask: 2, end_mask: 2, shrink_axis_mask: 2 }),
  ],
  ['an ellipsis', slice([1, 0, 2], [2, 0, 4], [1, 1, 1], { ellipsis_mask: 2 })],
  [
    'an ellipsis, and the last axis dropped',
    slice([0, -2], [0, -1], [1, 1], { ellipsis_mask: 1, shrink_axis_mask: 2 }),
  ],
  ['an ellipsis that stands for nothing', slice([0, 1, 0, 2], [4, 2, 0, 5], [2, 1, 1, 1], { ellipsis_mask: 4 })],
  ['new axes', slice([0, 1, 0, 0], [0, 3, 0, 2], [1, 1, 1, 1], { new_axis_mask: 5 })],
  [
    'a new axis beside a dropped one',
    slice([2, 0, 1], [3, 0, 3], [1, 1, 1], { shrink_axis_mask: 1, new_axis_mask: 2 }),
  ],
])('%s', async (_, graph) => {
  expect(await runInOnnx(runtime, graph)).toEqual(await runInTfjs(tf, graph))
})

test.each<[string, SmallGraph]>([
  ['an axis added after an ellipsis', slice([0, 0], [0, 0], [1, 1], { ellipsis_mask: 1, new_axis_mask: 2 })],
  ['steps backwards from a place counted from the back', slice([-3], [0], [-1], {})],
  ['an axis dropped backwards', slice([1], [0], [-1], { shrink_axis_mask: 1 })],
])('refuses %s', async (_, graph) => {
  await expect(runInOnnx(runtime, graph)).rejects.toThrow(UnsupportedOpError)
})
