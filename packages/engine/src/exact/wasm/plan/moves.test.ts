import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvalidExactModelError } from '../../profile/index.ts'
import { nodeOf, tensor } from '../../testing/values.ts'
import type { Value } from '../../value.ts'
import { compareGraph, loadSmallGraph, type SmallGraph } from '../testing/compareGraph.ts'
import { bytes } from '../testing/values.ts'

type Step = {
  readonly op: string
  readonly attributes?: Parameters<typeof nodeOf>[2]
  readonly constants?: readonly Value[]
}

/** What moves a tensor [2, 3, 4, 6] about, and leaves it of that shape or not. */
const STEPS: Readonly<Record<string, Step>> = {
  identity: { op: 'Identity' },
  channelsLast: { op: 'Transpose', attributes: { perm: [0, 2, 3, 1] } },
  reversed: { op: 'Transpose', attributes: { perm: [3, 2, 1, 0] } },
  flat: { op: 'Reshape', constants: [tensor('i64', [2, -1, 2, 3])] },
  sliced: {
    op: 'Slice',
    constants: [tensor('i64', [1, -3]), tensor('i64', [99, 99]), tensor('i64', [1, 3]), tensor('i64', [1, 2])],
  },
  padded: { op: 'Pad', constants: [tensor('i64', [0, 1, 0, 2, 0, 0, 3, 0])] },
  picked: { op: 'Gather', attributes: { axis: 1 }, constants: [tensor('i64', [1, 0, 1], [3])] },
  one: { op: 'Gather', attributes: { axis: 1 }, constants: [tensor('i64', [1], [1])] },
}

/** Whether a graph's indices are within the lengths that moves before have left. */
function isValid(graph: SmallGraph): boolean {
  try {
    loadSmallGraph(graph)
    return true
  } catch (error) {
    if (error instanceof InvalidExactModelError) return false
    throw error
  }
}

test('elements keep their order through any moves', async () => {
  const names = fc.array(fc.constantFrom(...Object.keys(STEPS)), { minLength: 1, maxLength: 4 })
  const types = fc.constantFrom(['u8', 2], ['f32', 1], ['i64', 7]) as fc.Arbitrary<['u8' | 'f32' | 'i64', number]>
  await fc.assert(
    fc.asyncProperty(names, types, async (chosen, [type, to]) => {
      const constants: Record<string, Value> = {}
      const nodes = [nodeOf('Cast', ['x'], { to }, ['t0'])]
      for (const [index, name] of chosen.entries()) {
        const { op, attributes = {}, constants: own = [] } = STEPS[name] ?? { op: 'Identity' }
        const inputs = own.map((value, i) => {
          constants[`c${index}_${i}`] = value
          return `c${index}_${i}`
        })
        nodes.push(nodeOf(op, [`t${index}`, ...inputs], attributes, [`t${index + 1}`]))
      }
      const graph = {
        inputs: { x: bytes([2, 3, 4, 6]) },
        constants,
        nodes,
        outputs: [{ name: `t${chosen.length}`, type }],
      }
      fc.pre(isValid(graph))
      expect(await compareGraph(graph)).toEqual([])
    }),
    { numRuns: 80 },
  )
})

test('splits, joins, repeats and enlarges', async () => {
  const nearest = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
  expect(
    await compareGraph({
      inputs: { x: bytes([2, 6, 3, 5]) },
      constants: {
        sizes: tensor('i64', [2, 4]),
        w: tensor('f32', [1, 2, 3, 4], [2, 2, 1, 1]),
        shape: tensor('i64', [3, 2, 2, 6, 10]),
        scales: tensor('f32', [1, 1, 2, 2]),
        four: tensor('f32', [-1, 0, 1, 2], [4, 1, 1]),
      },
      nodes: [
        nodeOf('Cast', ['x'], { to: 1 }, ['f']),
        nodeOf('Split', ['f', 'sizes'], { axis: 1 }, ['a', 'b']),
        nodeOf('Conv', ['a', 'w'], {}, ['c']),
        nodeOf('Mul', ['b', 'four'], {}, ['d']),
        nodeOf('Concat', ['c', 'd', 'a'], { axis: 1 }, ['joined']),
        nodeOf('Resize', ['joined', '', 'scales'], nearest, ['large']),
        nodeOf('Resize', ['c', '', 'scales'], nearest, ['largeToo']),
        nodeOf('Expand', ['largeToo', 'shape'], {}, ['repeated']),
      ],
      outputs: [
        { name: 'large', type: 'f32' },
        { name: 'repeated', type: 'f32' },
      ],
    }),
  ).toEqual([])
})
