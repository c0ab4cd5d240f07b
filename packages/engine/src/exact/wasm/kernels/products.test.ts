import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodeOf } from '../../testing/values.ts'
import { compareGraph, type SmallGraph } from '../testing/compareGraph.ts'
import { bytes, filled, scalar } from '../testing/values.ts'

const same = async (graph: SmallGraph): Promise<void> => expect(await compareGraph(graph)).toEqual([])

test('products of matrices, constant or not, of floats, doubles and bytes', async () => {
  const shapes = fc.record({
    batches: fc.constantFrom<readonly [readonly number[], readonly number[]]>(
      [[], []],
      [[2], []],
      [[2, 3], [3]],
      [
        [2, 1],
        [1, 3],
      ],
      [[], [2]],
    ),
    rows: fc.integer({ min: 1, max: 13 }),
    depth: fc.integer({ min: 1, max: 23 }),
    columns: fc.integer({ min: 1, max: 37 }),
    isConstant: fc.boolean(),
    kind: fc.constantFrom('f32', 'short', 'f64', 'bytes'),
  })
  await fc.assert(
    fc.asyncProperty(shapes, async ({ batches, rows, depth, columns, isConstant, kind }) => {
      const a = bytes([...batches[0], rows, depth])
      const b = bytes([...batches[1], depth, columns])
      const zeros = { za: scalar('u8', 131), zb: scalar('u8', 77) }
      const [type, code] = kind === 'f64' ? (['f64', 11] as const) : (['f32', 1] as const)
      const constant = kind === 'bytes' ? b : filled(type, b.dims, -1023, 1023)
      // Numbers of 16 bits are multiplied as integers; one that has more makes floats of them all.
      if (kind === 'f32' && b.dims.length === 2) constant.data[0] = 40_000 as never
      await same({
        inputs: isConstant ? { a } : { a, b },
        constants: { ...zeros, ...(isConstant ? { [kind === 'bytes' ? 'b' : 'b_float']: constant } : {}) },
        nodes:
          kind === 'bytes'
            ? [nodeOf('MatMulInteger', ['a', 'b', 'za', 'zb'], {}, ['y'])]
            : [
                nodeOf('Cast', ['a'], { to: code }, ['a_float']),
                ...(isConstant ? [] : [nodeOf('Cast', ['b'], { to: code }, ['b_float'])]),
                nodeOf('MatMul', ['a_float', 'b_float'], {}, ['y']),
              ],
        outputs: [{ name: 'y', type: kind === 'bytes' ? 'i32' : type }],
      })
    }),
    { numRuns: 80 },
  )
})
