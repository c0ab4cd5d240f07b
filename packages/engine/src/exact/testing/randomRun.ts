import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import type { Executor } from '../executor.ts'
import { type ExactGraph, loadExactGraph } from '../profile/index.ts'
import { openReference } from '../reference/openReference.ts'
import { answeredBy, differences, outputsOf, type Shown, shownBy } from './compareExecutors.ts'
import { randomGraph } from './randomGraph.ts'

type Open = (graph: ExactGraph) => Promise<Executor>

/**
 * What executors make of the random graph of a seed otherwise than the reference does. Each is asked for an answer to all inputs, and to show every carried
 * tensor for one of them: what ONNX Runtime shows comes from other sessions than its answers. Empty if all is the same.
 */
export async function differencesOf(seed: number, executors: readonly Open[]): Promise<string[]> {
  const { model, inputs } = randomGraph(seed)
  const graph = loadExactGraph(writeOnnxModel(model))
  const reference = openReference(graph)
  const expected: Shown[] = []
  for (const own of inputs) expected.push(await shownBy(reference, own))
  const found: string[] = []
  for (const open of executors) {
    const executor = await open(graph)
    for (const [i, own] of inputs.entries()) {
      const all = expected[i] ?? new Map()
      const different = differences(outputsOf(all), await answeredBy(executor, own))
      if (i === seed % inputs.length) different.push(...differences(all, await shownBy(executor, own)))
      found.push(...different.map((difference) => `graph ${seed}, inputs ${i}, ${executor.kind}: ${difference}`))
    }
    await executor.close()
  }
  return found
}
