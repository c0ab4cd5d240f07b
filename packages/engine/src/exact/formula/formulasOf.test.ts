import { expect, test } from 'vitest'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { loadExactGraph } from '../profile/index.ts'
import { randomFrom } from '../testing/graphs/random.ts'
import { randomGraph } from '../testing/randomGraph.ts'
import { formulasOf } from './formulasOf.ts'
import { formulaDifferences, tracedRun } from './testing/tracedRun.ts'

const GRAPHS = 150
const PART = 50
const ELEMENTS = 4

/** Graphs of every operator whose sums reach their bounds, as executors are compared with each other. */
test.each(Array.from({ length: GRAPHS / PART }, (_, part) => part * PART))(
  'elements follow from formulas as the reference has them, in random graphs from %i on',
  async (from) => {
    const found: string[] = []
    for (let seed = from; seed < from + PART; seed++) {
      const { model, inputs } = randomGraph(seed)
      const graph = loadExactGraph(writeOnnxModel(model))
      const formulas = formulasOf(graph)
      const random = randomFrom(seed)
      for (const own of inputs) {
        const run = await tracedRun(graph, formulas, own)
        const some = (count: number) =>
          count === 0 ? [] : Array.from({ length: ELEMENTS }, () => random.int(0, count - 1))
        found.push(...formulaDifferences(formulas, run, some).map((difference) => `graph ${seed}: ${difference}`))
      }
    }
    expect(found).toEqual([])
  },
)
