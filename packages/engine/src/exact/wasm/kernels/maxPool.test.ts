import { expect, test } from 'vitest'
import { nodeOf } from '../../testing/values.ts'
import { compareGraph, type SmallGraph } from '../testing/compareGraph.ts'
import { filled, floatOf } from '../testing/values.ts'

const same = async (graph: SmallGraph): Promise<void> => expect(await compareGraph(graph)).toEqual([])

test('what is outside a window never wins', async () => {
  await same({
    inputs: { x: filled('i8', [2, 5, 6, 7], -128, -1) },
    nodes: [
      floatOf('x'),
      nodeOf('MaxPool', ['x_float'], { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 1, 1, 0] }, ['y']),
    ],
    outputs: [{ name: 'y', type: 'f32' }],
  })
})
