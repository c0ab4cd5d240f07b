import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import type { Executor } from '../executor.ts'
import { type ExactGraph, loadExactGraph } from '../profile/index.ts'
import { openReference } from '../reference/openReference.ts'
import { compareWith, shownBy } from './compareExecutors.ts'
import { randomGraph } from './randomGraph.ts'

type Open = (graph: ExactGraph) => Promise<Executor>

/**
 * What executors make of the random graph of a seed otherwise than the reference does, on each of its inputs. Empty if all is the same.
 */
export async function differencesOf(seed: number, executors: readonly Open[]): Promise<string[]> {
  const { model, inputs } = randomGraph(seed)
  const graph = loadExactGraph(writeOnnxModel(model))
  const reference = openReference(graph)
  const expected = await Promise.all(inputs.map((own) => shownBy(reference, own)))
  const found: string[] = []
  for (const open of executors) {
    const executor = await open(graph)
    for (const [i, own] of inputs.entries()) {
      const different = await compareWith(expected[i] ?? new Map(), executor, own)
      found.push(...different.map((difference) => `graph ${seed}, inputs ${i}, ${executor.kind}: ${difference}`))
    }
    await executor.close()
  }
  return found
}
