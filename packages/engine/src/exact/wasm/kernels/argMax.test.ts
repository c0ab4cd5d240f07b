import { expect, test } from 'vitest'
import { nodeOf } from '../../testing/values.ts'
import { compareGraph, type SmallGraph } from '../testing/compareGraph.ts'
import { filled, floatOf } from '../testing/values.ts'

const same = async (graph: SmallGraph): Promise<void> => expect(await compareGraph(graph)).toEqual([])

test.each([0, 1, 2, -1])('the first of the greatest along axis %i', async (axis) => {
  await same({
    inputs: { x: filled('u8', [3, 5, 17], 0, 3) },
    nodes: [floatOf('x'), nodeOf('ArgMax', ['x_float'], { axis, keepdims: 0 }, ['y'])],
    outputs: [{ name: 'y', type: 'i64' }],
  })
})
