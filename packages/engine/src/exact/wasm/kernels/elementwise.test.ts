import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodeOf, tensor } from '../../testing/values.ts'
import type { ExactType } from '../../value.ts'
import { compareGraph, type SmallGraph } from '../testing/compareGraph.ts'
import { bytes, filled, scalar } from '../testing/values.ts'

const same = async (graph: SmallGraph): Promise<void> => expect(await compareGraph(graph)).toEqual([])

const broadcasts = fc.constantFrom<readonly number[]>([2, 5, 3, 4], [5, 1, 4], [5, 1, 1], [1], [2, 1, 1, 4], [3, 4], [])
const types = fc.constantFrom(['f32', 1], ['f64', 11], ['i32', 6], ['i64', 7]) as fc.Arbitrary<[ExactType, number]>

test('of two operands of any type and shape', async () => {
  const operators = fc.constantFrom('Add', 'Sub', 'Mul', 'Max', 'Min', 'Less', 'Greater', 'Equal')
  await fc.assert(
    fc.asyncProperty(types, operators, broadcasts, fc.boolean(), async ([type, to], op, dims, isFirst) => {
      const compares = ['Less', 'Greater', 'Equal'].includes(op)
      fc.pre(!(compares && type === 'f64') && !(type === 'i64' && (op === 'Max' || op === 'Min')))
      await same({
        inputs: { a: filled('i8', [2, 5, 3, 4], -128, 127), b: filled('i8', dims, -128, 127) },
        nodes: [
          nodeOf('Cast', ['a'], { to }, ['p']),
          nodeOf('Cast', ['b'], { to }, ['q']),
          nodeOf(op, isFirst ? ['p', 'q'] : ['q', 'p'], {}, ['y']),
        ],
        outputs: [{ name: 'y', type: compares ? 'bool' : type }],
      })
    }),
    { numRuns: 60 },
  )
})

test.each(['i32', 'i64'] as const)('divides %s, at both ends of what the profile lets it hold', async (type) => {
  const most = type === 'i32' ? 2 ** 31 - 1 : 2 ** 52
  await same({
    inputs: { a: tensor(type, [most, most - 1, most >> 1, 46341, 7, 1, 0], [7, 1]) },
    ranges: { a: `0..${most}` },
    constants: { b: tensor(type, [1, 2, 3, 7, 46341, most - 1, most]) },
    nodes: [nodeOf('Div', ['a', 'b'], {}, ['y'])],
    outputs: [{ name: 'y', type }],
  })
})

test('casts between all types', async () => {
  const codes: readonly (readonly [ExactType, number])[] = [
    ['f32', 1],
    ['f64', 11],
    ['i32', 6],
    ['i64', 7],
    ['u8', 2],
  ]
  for (const [, first] of codes) {
    for (const [type, second] of codes) {
      await same({
        inputs: { x: bytes([3, 7]) },
        nodes: [nodeOf('Cast', ['x'], { to: first }, ['m']), nodeOf('Cast', ['m'], { to: second }, ['y'])],
        outputs: [{ name: 'y', type }],
      })
    }
  }
})

test('looks up in tables of any type', async () => {
  for (const [type, table] of [
    ['f32', -3],
    ['f64', 2 ** 40],
    ['i32', -(2 ** 31)],
    ['i64', 2 ** 40],
    ['u8', 0],
    ['i8', -128],
  ] as const) {
    await same({
      inputs: { x: bytes([3, 7]) },
      constants: {
        table: tensor(
          type,
          Array.from({ length: 256 }, (_, i) => table + (i >> 1)),
          [256],
        ),
      },
      nodes: [nodeOf('Cast', ['x'], { to: 7 }, ['i']), nodeOf('Gather', ['table', 'i'], {}, ['y'])],
      outputs: [{ name: 'y', type }],
    })
  }
})

test('chooses, and joins conditions', async () => {
  for (const [type, to] of [
    ['f32', 1],
    ['i64', 7],
    ['f64', 11],
  ] as const) {
    await same({
      inputs: { a: filled('i8', [3, 7], -128, 127), b: filled('i8', [7], -5, 127) },
      constants: { zero: scalar('i32', 0) },
      nodes: [
        nodeOf('Cast', ['a'], { to: 6 }, ['p']),
        nodeOf('Cast', ['b'], { to: 6 }, ['q']),
        nodeOf('Less', ['p', 'q'], {}, ['less']),
        nodeOf('Greater', ['q', 'zero'], {}, ['positive']),
        nodeOf('Not', ['positive'], {}, ['other']),
        nodeOf('Or', ['less', 'other'], {}, ['either']),
        nodeOf('And', ['either', 'positive'], {}, ['both']),
        nodeOf('Cast', ['a'], { to }, ['yes']),
        nodeOf('Cast', ['b'], { to }, ['no']),
        nodeOf('Where', ['both', 'yes', 'no'], {}, ['y']),
      ],
      outputs: [{ name: 'y', type }],
    })
  }
})
