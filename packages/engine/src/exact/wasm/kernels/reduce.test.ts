import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodeOf, tensor } from '../../testing/values.ts'
import type { ExactType } from '../../value.ts'
import { compareGraph, type SmallGraph } from '../testing/compareGraph.ts'
import { bytes } from '../testing/values.ts'

const same = async (graph: SmallGraph): Promise<void> => expect(await compareGraph(graph)).toEqual([])

const types = fc.constantFrom(['f32', 1], ['f64', 11], ['i32', 6], ['i64', 7]) as fc.Arbitrary<[ExactType, number]>
const operators = fc.constantFrom('ReduceSum', 'ReduceMax', 'ReduceMin')

test('over any axes of any order', async () => {
  const axes = fc.subarray([0, 1, 2, 3], { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(
      types,
      operators,
      axes,
      fc.nat(1),
      fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      async ([type, to], op, over, keepdims, perm) => {
        fc.pre(type !== 'f64' || op === 'ReduceSum')
        await same({
          inputs: { x: bytes([2, 3, 5, 7]) },
          constants: { axes: tensor('i64', over) },
          nodes: [
            nodeOf('Cast', ['x'], { to }, ['t']),
            nodeOf('Transpose', ['t'], { perm }, ['p']),
            nodeOf(op, ['p', 'axes'], { keepdims }, ['y']),
          ],
          outputs: [{ name: 'y', type }],
        })
      },
    ),
    { numRuns: 60 },
  )
})
