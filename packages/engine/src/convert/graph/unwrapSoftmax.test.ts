import { describe, expect, test } from 'vitest'
import { expectSameAnswer, opsOf, parseSmallGraph } from '../testing/sameAnswer.ts'
import { floats, type Given, ints, node, type SmallGraph, type SmallNode } from '../testing/smallGraph.ts'
import { unwrapSoftmax } from './unwrapSoftmax.ts'

const x = floats([1, 2, 4, -8, 0.5, 0.25, 3, -1, 7, 7, 7, 7], [3, 4])

describe('a softmax between reshapes', () => {
  const flattened = (rows: Given, back: readonly SmallNode[]): SmallGraph => ({
    nodes: [node('flat', 'Reshape', ['x', 'rows']), node('soft', 'Softmax', ['flat']), ...back],
    constants: { rows, other: ints([2, 6]) },
    feeds: { x },
  })

  test('of the same last axis needs no reshapes', async () => {
    // The last axis of x is open, so that the rows are told to be as long only by way of its shape.
    const graph: SmallGraph = {
      nodes: [
        node('shape', 'Shape', ['x']),
        node('length', 'Slice', ['shape', 'one', 'one']),
        node('rows', 'ConcatV2', ['any', 'length', 'axis']),
        node('flat', 'Reshape', ['x', 'rows']),
        node('soft', 'Softmax', ['flat']),
        node('out', 'Reshape', ['soft', 'shape']),
      ],
      constants: { one: ints([1]), any: ints([-1]), axis: ints([0], []) },
      feeds: { x },
    }
    expect(opsOf(unwrapSoftmax(parseSmallGraph(graph)))).toEqual(['Softmax'])
    await expectSameAnswer(graph)
  })

  test.each<[string, SmallGraph]>([
    [
      'of other rows',
      flattened(ints([-1, 2]), [node('shape', 'Shape', ['x']), node('out', 'Reshape', ['soft', 'shape'])]),
    ],
    ['that is brought to another shape', flattened(ints([-1, 4]), [node('out', 'Reshape', ['soft', 'other'])])],
  ])('%s stays', async (_, graph) => {
    expect(opsOf(unwrapSoftmax(parseSmallGraph(graph)))).toContain('Reshape')
    await expectSameAnswer(graph)
  })
})
