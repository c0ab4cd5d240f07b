import { describe, expect, test } from 'vitest'
import { bindGraph } from '../../profile/index.ts'
import { nodeOf, tensor } from '../../testing/values.ts'
import { loadSmallGraph, type SmallGraph } from '../testing/compareGraph.ts'
import { groupNodes } from './groups.ts'

const hardSwish: SmallGraph = {
  inputs: { x: tensor('u8', new Array(8).fill(1), [1, 2, 2, 2]) },
  constants: {
    w: tensor('f32', [1, 2, 3, 4], [2, 2, 1, 1]),
    lo: tensor('f32', [-127], []),
    hi: tensor('f32', [127], []),
  },
  nodes: [
    nodeOf('Cast', ['x'], { to: 1 }, ['f']),
    nodeOf('Conv', ['f', 'w'], {}, ['c']),
    nodeOf('Clip', ['c', 'lo', 'hi'], {}, ['q']),
    nodeOf('HardSigmoid', ['q'], { alpha: { kind: 'float', value: 2 ** -6 }, beta: { kind: 'float', value: 0.5 } }, [
      'h',
    ]),
    nodeOf('Mul', ['q', 'h'], {}, ['m']),
    nodeOf('Round', ['m'], {}, ['y']),
  ],
  outputs: [{ name: 'y', type: 'f32' }],
}

function groupsOf(small: SmallGraph, kept: readonly string[]): string[] {
  const graph = loadSmallGraph(small)
  const bound = bindGraph(graph, new Map(Object.entries(small.inputs).map(([name, { dims }]) => [name, dims])))
  return groupNodes(bound, new Set(kept)).map(({ producer, chain }) => {
    const names = [...(producer ? [producer] : []), ...chain].map(({ op }) => op)
    return names.join(' ')
  })
}

describe('groupNodes', () => {
  test('a product takes what follows it along, even what is read twice on the way', () => {
    expect(groupsOf(hardSwish, ['y'])).toEqual(['Cast', 'Conv Clip HardSigmoid Mul Round'])
  })

  test('what somebody asked for comes to memory', () => {
    expect(groupsOf(hardSwish, ['y', 'q'])).toEqual(['Cast', 'Conv Clip', 'HardSigmoid Mul Round'])
    expect(groupsOf(hardSwish, ['y', 'c', 'q', 'h', 'm'])).toEqual([
      'Cast',
      'Conv',
      'Clip',
      'HardSigmoid',
      'Mul',
      'Round',
    ])
  })

  test('of two products that are added, the later one adds', () => {
    const nodes = [
      nodeOf('Cast', ['x'], { to: 1 }, ['f']),
      nodeOf('Conv', ['f', 'w'], {}, ['a']),
      nodeOf('Conv', ['f', 'w'], {}, ['b']),
      nodeOf('Add', ['a', 'b'], {}, ['y']),
    ]
    expect(groupsOf({ ...hardSwish, nodes }, ['y'])).toEqual(['Cast', 'Conv', 'Conv Add'])
  })

  test('a table that is looked up in comes to memory', () => {
    const nodes = [
      nodeOf('Cast', ['x'], { to: 7 }, ['i']),
      nodeOf('Reshape', ['i', 'eight'], {}, ['list']),
      nodeOf('Add', ['list', 'list'], {}, ['table']),
      nodeOf('Gather', ['table', 'i'], {}, ['y']),
    ]
    const constants = { eight: tensor('i64', [8]) }
    const x = tensor('u8', new Array(8).fill(1), [8])
    const graph: SmallGraph = { inputs: { x }, constants, nodes, outputs: [{ name: 'y', type: 'i64' }] }
    // Any byte may come, so that the loader would refuse this; the indices are kept within the table.
    const bounded = [
      ...nodes.slice(0, 3),
      nodeOf('Clip', ['i', 'zero', 'seven'], {}, ['k']),
      nodeOf('Gather', ['table', 'k'], {}, ['y']),
    ]
    const bounds = { zero: tensor('i64', [0], []), seven: tensor('i64', [7], []) }
    expect(groupsOf({ ...graph, nodes: bounded, constants: { ...constants, ...bounds } }, ['y'])).toEqual([
      'Cast',
      '',
      'Add',
      'Clip Gather',
    ])
  })
})
