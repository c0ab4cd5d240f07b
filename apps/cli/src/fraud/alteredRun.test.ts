import { lyingRun, smallNet, smallNetInputs } from '@stoa/engine/dispute/testing'
import { openWasm } from '@stoa/engine/exact'
import { bytesToHex } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alteredRun, type Opened } from './alteredRun.ts'

const inputs = smallNetInputs(1, 8)
let opened: Opened
beforeAll(async () => {
  const graph = smallNet()
  opened = { graph, executor: await openWasm(graph) }
})
afterAll(() => opened.executor.close())

test('a run is altered in one element, and in all that follows from it, as the literal interpreter has it', async () => {
  const { graph } = opened
  const { entries } = lyingRun(graph, inputs)
  const indices = entries.map(({ index }) => index)
  for (const entry of [1, Math.floor(entries.length / 2), entries.length - 1]) {
    const lie = { entry, element: 0, change: (x: bigint) => x ^ 1n }
    const [made, expected] = [await alteredRun(opened, inputs, lie), lyingRun(graph, inputs, lie)]
    expect(bytesToHex(made.tree.root)).toBe(bytesToHex(expected.tree.root))
    expect(made.outputs).toEqual(expected.outputs)
    const [shown, told] = [await made.load(indices), await expected.load(indices)]
    for (const index of indices) expect(shown.get(index)?.tensor).toEqual(told.get(index)?.tensor)
  }
})
