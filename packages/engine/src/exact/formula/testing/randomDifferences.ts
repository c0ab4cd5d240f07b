import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { bindGraph, type ExactGraph, loadExactGraph } from '../../profile/index.ts'
import { randomFrom } from '../../testing/graphs/random.ts'
import { randomGraph } from '../../testing/randomGraph.ts'
import { checkLengths } from '../checkLengths.ts'
import { NoFormulasError } from '../errors.ts'
import { type Formulas, formulasOf } from '../formulasOf.ts'
import { formulaDifferences, tracedRun } from './tracedRun.ts'

/** Elements of each entry that are compared. */
const ELEMENTS = 4

/**
 * What formulas make of the random graphs of `count` seeds otherwise than the reference does, and how many of the graphs have formulas: weights may be drawn
 * whose channels' units are too far apart.
 */
export async function randomDifferences(from: number, count: number): Promise<{ found: string[]; judged: number }> {
  const found: string[] = []
  let judged = 0
  for (let seed = from; seed < from + count; seed++) {
    const { model, inputs } = randomGraph(seed)
    const graph = loadExactGraph(writeOnnxModel(model))
    const formulas = formulasIfAny(graph)
    if (!formulas) continue
    judged++
    const random = randomFrom(seed)
    const some = (length: number) =>
      length === 0 ? [] : Array.from({ length: ELEMENTS }, () => random.int(0, length - 1))
    for (const own of inputs) {
      checkLengths(formulas, bindGraph(graph, new Map([...own].map(([name, { dims }]) => [name, dims]))))
      const run = await tracedRun(graph, formulas, own)
      found.push(...formulaDifferences(formulas, run, some).map((difference) => `graph ${seed}: ${difference}`))
    }
  }
  return { found, judged }
}

function formulasIfAny(graph: ExactGraph): Formulas | undefined {
  try {
    return formulasOf(graph)
  } catch (error) {
    if (error instanceof NoFormulasError && error.reason.includes('numbers of more than 8 bytes')) return undefined
    throw error
  }
}
