import { expect, test } from 'vitest'
import { bindInputs } from '../bindInputs.ts'
import { smallNet, smallNetInputs } from '../onnxruntime/testing/smallNet.ts'
import { bindGraph, endDims } from '../profile/index.ts'
import { Heap } from './heap.ts'
import { WeightStore } from './plan/weightStore.ts'
import { createPlanLoader } from './planLoader.ts'
import { startTeam } from './threads/team.ts'

async function loaderOf() {
  const graph = smallNet()
  const heap = new Heap(false)
  const modules: Uint8Array[] = []
  const team = await startTeam(heap, 1)
  const link = (module: Uint8Array<ArrayBuffer>): void => {
    modules.push(module)
    team.link(module)
  }
  const loader = createPlanLoader(heap, new WeightStore(heap, graph), { ...team, link })
  const longest = bindGraph(graph, endDims(graph, 'max'))
  return { heap, modules, loader, bind: bindInputs(graph), longest }
}

/** Every length that the graph takes, the longest first and last. */
const LENGTHS = [4, 1, 3, 2, 4].flatMap((batch) => [24, 8, 16, 24].map((width) => [batch, width] as const))

test('what is made ready for the longest inputs serves all others: no weights, hardly a kernel, no memory', async () => {
  const { heap, modules, loader, bind, longest } = await loaderOf()
  loader.prepare(longest)
  loader.load(longest, new Set())
  const before = heap.memory.buffer.byteLength
  for (const [batch, width] of LENGTHS) loader.load(bind(smallNetInputs(batch, width)), new Set())
  expect(heap.memory.buffer.byteLength).toBe(before)
  // One image is planned without an axis of images.
  expect(modules.length).toBeLessThanOrEqual(2)
})

test('a plan is found again, the last few of a binding that show tensors too', async () => {
  const { loader, bind } = await loaderOf()
  const inputs = smallNetInputs(2, 16)
  const names = bind(inputs).nodes.flatMap((node) => node.outputs)
  const load = (...shown: string[]) => loader.load(bind(inputs), new Set(shown)).plan
  const plain = load()
  for (const name of names) {
    const showing = load(name)
    expect(load(name)).toBe(showing)
    expect(load()).toBe(plain)
  }
  // The first is one of many by now.
  const first = names.slice(0, 1)
  const again = load(...first)
  for (const name of names.slice(1, 6)) load(name)
  expect(load(...first)).not.toBe(again)
})
