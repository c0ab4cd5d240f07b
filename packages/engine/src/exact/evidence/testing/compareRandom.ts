import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { type Formulas, formulasOf, NoFormulasError } from '../../formula/index.ts'
import { type ExactGraph, loadExactGraph } from '../../profile/index.ts'
import { randomFrom } from '../../testing/graphs/random.ts'
import { randomGraph } from '../../testing/randomGraph.ts'
import { elementsOf } from '../../value.ts'
import { committedRun } from './committedRun.ts'
import { contractDifferences } from './compareContract.ts'
import type { FormulasContract } from './openFormulas.ts'

/**
 * Asks the contract for some elements of every entry of a random graph's run, whose inputs hold extreme values. Says what it makes of them otherwise than
 * TypeScript, and how many it was asked for: none of a graph that has no formulas.
 */
export async function randomDifferences(
  contract: FormulasContract,
  seed: number,
  elements = 1,
): Promise<{ found: string[]; asked: number }> {
  const { model, inputs } = randomGraph(seed)
  const graph = loadExactGraph(writeOnnxModel(model))
  const formulas = formulasIfAny(graph)
  if (!formulas) return { found: [], asked: 0 }
  const random = randomFrom(seed)
  const choose = (limit: number) => random.int(0, limit - 1)
  const committed = await committedRun(graph, formulas, random.pick(inputs))
  const found: string[] = []
  let asked = 0
  for (const [entry, { dims }] of committed.run.entries.entries()) {
    const count = elementsOf(dims)
    for (let i = 0; i < Math.min(elements, count); i++) {
      const place = { entry, element: choose(count), choose }
      const differences = await contractDifferences(contract, committed, formulas, place)
      found.push(...differences.map((difference) => `graph ${seed}: ${difference}`))
      asked++
    }
  }
  return { found, asked }
}

function formulasIfAny(graph: ExactGraph): Formulas | undefined {
  try {
    return formulasOf(graph)
  } catch (error) {
    if (error instanceof NoFormulasError) return undefined
    throw error
  }
}
