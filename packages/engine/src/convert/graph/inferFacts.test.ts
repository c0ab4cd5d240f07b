import { describe, expect, test } from 'vitest'
import { loadRuntime } from '../../inference/onnx/loadRuntime.ts'
import { OPERATION_CASES } from '../testing/operationCases.ts'
import { parseSmallGraph } from '../testing/sameAnswer.ts'
import { floats, ints, node, runInOnnx, type SmallGraph } from '../testing/smallGraph.ts'
import type { Dim } from './facts.ts'
import { inferFacts } from './inferFacts.ts'

describe('what is told of a result is so when the graph runs', () => {
  test.each(OPERATION_CASES)('%s', async (_, graph) => {
    const { dims } = await runInOnnx(await loadRuntime(), graph)
    const lengths = new Map(
      Object.entries(graph.feeds).flatMap(([name, feed]) => feed.dims.map((dim, axis) => [`${name}.${axis}`, dim])),
    )
    // A name that no input has is a length that only the run tells.
    const told = factOf(graph)?.dims?.map((dim, axis) =>
      typeof dim === 'number' ? dim : (lengths.get(dim) ?? dims[axis]),
    )
    if (told) expect(told).toEqual(dims)
  })

  test('nothing is told where the rank hangs on the request, and of these only', () => {
    const silent = OPERATION_CASES.filter(([, graph]) => factOf(graph)?.dims === undefined).map(([name]) => name)
    expect(silent).toEqual([
      'Reshape to a shape that is asked for',
      'Squeeze all',
      // Of parts that are no scalars; shapes are packed of scalars.
      'Pack',
      'GatherNd',
      'ScatterNd, two meeting at one place',
      'SparseToDense',
    ])
  })
})

test('shapes are followed by value', () => {
  const graph: SmallGraph = {
    nodes: [
      node('shape', 'Shape', ['x']),
      node('rows', 'StridedSlice', ['shape', 'zero', 'one', 'one'], { shrink_axis_mask: { i: '1' } }),
      node('rest', 'StridedSlice', ['shape', 'one', 'zero', 'one'], { end_mask: { i: '1' } }),
      node('width', 'GatherV2', ['rest', 'zero', 'axis']),
      node('count', 'Prod', ['width', 'zero']),
      node('pair', 'Pack', ['rows', 'count']),
      node('all', 'ConcatV2', ['pair', 'five', 'axis']),
    ],
    constants: { zero: ints([0]), one: ints([1]), axis: ints([0], []), five: ints([5]) },
    feeds: { x: floats([1, 2, 3, 4], [2, 2]) },
  }
  expect(factOf(graph)).toEqual({ dims: [3], value: ['x.0', 'x.1', 5] satisfies Dim[] })
})

function factOf(graph: SmallGraph) {
  return inferFacts(parseSmallGraph(graph)).get(graph.nodes.at(-1)?.name ?? '')
}
