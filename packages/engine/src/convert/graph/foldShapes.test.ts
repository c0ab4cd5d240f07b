import { describe, expect, test } from 'vitest'
import { expectSameAnswer, opsOf, parseSmallGraph } from '../testing/sameAnswer.ts'
import { floats, ints, node, type SmallGraph } from '../testing/smallGraph.ts'
import { foldShapes, reshapeTarget } from './foldShapes.ts'

const x = floats([1, 2, 4, -8, 0.5, 0.25, 3, -1, 7, 7, 7, 7], [3, 4])

describe('shape arithmetic', () => {
  const shrink = { shrink_axis_mask: { i: '1' } }
  const heads: SmallGraph = {
    nodes: [
      node('shape', 'Shape', ['x']),
      node('rows', 'StridedSlice', ['shape', 'zero', 'one', 'one'], shrink),
      node('split', 'Pack', ['rows', 'two', 'two']),
      node('out', 'Reshape', ['x', 'split']),
    ],
    constants: { zero: ints([0]), one: ints([1]), two: ints([2], []) },
    feeds: { x },
  }

  test('that ends in a reshape becomes a constant target', async () => {
    const folded = foldShapes(parseSmallGraph(heads))
    expect(opsOf(folded)).toEqual(['Reshape'])
    expect([...(folded.constants.get('out/folded_shape')?.data ?? [])]).toEqual([0, 2, 2])
    await expectSameAnswer(heads)
  })

  test('that is the same for every request becomes a constant', async () => {
    const graph: SmallGraph = {
      nodes: [
        node('shape', 'Shape', ['table']),
        node('count', 'Prod', ['shape', 'zero']),
        node('out', 'Add', ['count', 'n']),
      ],
      constants: { table: floats([1, 2, 3, 4, 5, 6], [2, 3]), zero: ints([0]) },
      feeds: { n: ints([10, 20]) },
    }
    const folded = foldShapes(parseSmallGraph(graph))
    expect(opsOf(folded)).toEqual(['Add'])
    expect([...(folded.constants.get('count')?.data ?? [])]).toEqual([6])
    await expectSameAnswer(graph)
  })

  test.each([
    ['lengths in place are copied', ['b', 'l', 256], ['b', 'l', 4, 64], [0, 0, 4, 64]],
    ['one that moved is what is left', [1, 'n', 512], ['n', 512], [-1, 512]],
    ['two that moved have no form', ['a', 'b'], ['b', 'a'], undefined],
    ['nor has a length of zero', ['a', 0], ['a', 0], undefined],
  ])('%s', (_, from, to, target) => {
    expect(reshapeTarget(from, to)).toEqual(target)
  })
})
