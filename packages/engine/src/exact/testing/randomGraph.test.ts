import { expect, test } from 'vitest'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { AT_BINDING, RULES } from '../profile/bindGraph.ts'
import { bindGraph, loadExactGraph } from '../profile/index.ts'
import { openReference } from '../reference/openReference.ts'
import { elementsOf, type Value } from '../value.ts'
import { randomGraph } from './randomGraph.ts'

const SEEDS = Array.from({ length: 150 }, (_, seed) => seed)
/** Operators that take no data: graphs have their results as constants, and specs/vectors/exact.json has them. */
const CONSTANT = new Set(['Constant', 'ConstantOfShape', 'Range'])

test('a seed makes one graph', () => {
  const [once, again] = [randomGraph(5), randomGraph(5)]
  expect(writeOnnxModel(again.model)).toEqual(writeOnnxModel(once.model))
  expect(again.inputs).toEqual(once.inputs)
})

test('graphs are of the profile, and of all of its operators', () => {
  const graphs = SEEDS.map((seed) => loadExactGraph(writeOnnxModel(randomGraph(seed).model)))
  const used = new Set(graphs.flatMap(({ model }) => model.nodes.map(({ op }) => op)))
  expect([...Object.keys(RULES), ...AT_BINDING].filter((op) => !used.has(op) && !CONSTANT.has(op))).toEqual([])
})

test('sums come to the very end of what f32 counts', async () => {
  let most = 0
  for (const seed of SEEDS.slice(0, 30)) {
    const { model, inputs } = randomGraph(seed, { moves: 1 })
    const graph = loadExactGraph(writeOnnxModel(model))
    for (const own of inputs) {
      const { facts } = bindGraph(graph, new Map([...own].map(([name, { dims }]) => [name, dims])))
      const watch = (name: string, { type, dims, data }: Value) => {
        const channels = facts.get(name)?.channels
        if (type !== 'f32' || channels === undefined) return
        const inner = elementsOf(dims.slice(channels.axis + 1))
        for (const [i, element] of data.entries()) {
          const unit = channels.unit[Math.floor(i / inner) % channels.unit.length] ?? 0
          most = Math.max(most, Math.abs(element) / 2 ** unit)
        }
      }
      const names = new Set(model.nodes.flatMap(({ outputs }) => outputs))
      await openReference(graph).run(own, { names, watch })
    }
  }
  expect(most).toBe(2 ** 24)
})
