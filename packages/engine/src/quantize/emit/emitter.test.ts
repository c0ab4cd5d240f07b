import { expect, test } from 'vitest'
import { loadExactGraph } from '../../exact/profile/index.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { Emitter, int } from './emitter.ts'

test('makes a graph that the loader takes, with names of its own and each constant once', () => {
  const emitter = new Emitter()
  emitter.dimension('rows', { min: 1, max: 4, step: 1 })
  const x = emitter.input('x', 'i32', ['rows', 3], { lo: -5, hi: 5 })
  const sums = [emitter.i32(2), emitter.i32(2)].map((two) => emitter.node('Add', [x, two], {}, 'sum'))
  const parts = emitter.nodes('Split', [sums[1] ?? '', emitter.i64([1, 2])], { axis: int(1) }, 2, 'part')
  emitter.output(parts[1] ?? '', 'y', 'i32', ['rows', 2])
  const model = emitter.model()
  expect(model.nodes.flatMap((node) => node.outputs)).toEqual(['sum', 'sum_1', 'part', 'part_1', 'y'])
  expect([...model.initializers.keys()]).toHaveLength(2)
  expect(loadExactGraph(writeOnnxModel(model)).ranges.get('x')).toEqual({ lo: -5, hi: 5 })
})

test('constants of one shape and other bytes are kept apart; a wrong number of elements is refused', () => {
  const emitter = new Emitter()
  expect(emitter.f32([0, 1])).not.toBe(emitter.f32([0, 2]))
  expect(emitter.f32([0, 1])).toBe(emitter.f32([0, 1]))
  expect(() => emitter.f32([1, 2, 3], [2])).toThrow('shape [2] was given 3 elements')
})
