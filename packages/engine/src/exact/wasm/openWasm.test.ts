import { describe, expect, test } from 'vitest'
import { nodeOf } from '../testing/values.ts'
import { openWasm } from './openWasm.ts'
import { compareGraph, loadSmallGraph, type SmallGraph } from './testing/compareGraph.ts'
import { bytes, filled, floatOf, scalar } from './testing/values.ts'

const small: SmallGraph = {
  inputs: { x: bytes([1, 3, 20, 31]) },
  constants: {
    w: filled('f32', [16, 3, 3, 3], -9, 9),
    v: filled('f32', [8, 16, 1, 1], -9, 9),
    lo: scalar('f32', -127),
    hi: scalar('f32', 127),
    half: scalar('f32', 0.125),
  },
  nodes: [
    floatOf('x'),
    nodeOf('Conv', ['x_float', 'w'], { pads: [1, 1, 1, 1] }, ['a']),
    nodeOf('Mul', ['a', 'half'], {}, ['b']),
    nodeOf('Clip', ['b', 'lo', 'hi'], {}, ['c']),
    nodeOf('Round', ['c'], {}, ['d']),
    nodeOf('Conv', ['d', 'v'], {}, ['y']),
  ],
  outputs: [{ name: 'y', type: 'f32' }],
}

describe('openWasm', () => {
  test('several threads give what one gives', async () => {
    expect(await compareGraph(small, 3)).toEqual([])
  })

  test('shows the tensors that are named, each once, in the order of the graph', async () => {
    const executor = await openWasm(loadSmallGraph(small), { threads: 1 })
    const shown: string[] = []
    const inputs = new Map(Object.entries(small.inputs))
    await executor.run(inputs, { watch: (name) => shown.push(name), names: new Set(['d', 'b']) })
    expect(shown).toEqual(['b', 'd'])
    await executor.close()
  })

  test('runs may overlap, and what they give is theirs', async () => {
    const executor = await openWasm(loadSmallGraph(small), { threads: 2 })
    const other = { x: bytes([1, 3, 20, 31]) }
    other.x.data.fill(1 as never)
    const alone = await executor.run(new Map(Object.entries(small.inputs)))
    const [first, second] = await Promise.all([
      executor.run(new Map(Object.entries(small.inputs))),
      executor.run(new Map(Object.entries(other))),
    ])
    expect(first).toEqual(alone)
    expect(second).not.toEqual(alone)
    await executor.close()
  })
})
