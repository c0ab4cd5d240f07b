import { InvalidTfjsModelError } from '../errors.ts'
import { producerOf, type TfGraph, type TfNode } from './tfGraph.ts'

/**
 * The nodes that the outputs need, each after those it reads; the order depends only on the graph. Throws
 * `InvalidTfjsModelError` on a tensor that nothing makes, and on a cycle.
 */
export function sortTopologically(graph: TfGraph): TfNode[] {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]))
  const given = new Set([...graph.inputs.map((input) => input.name), ...graph.constants.keys()])
  const sorted: TfNode[] = []
  const state = new Map<string, 'open' | 'done'>()
  // A stack of our own: a deep chain of nodes must not overflow that of the engine.
  const stack = [...graph.outputs.values()].reverse().map((tensor) => producerOf(tensor))
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const node = nodes.get(name)
    if (!node && !given.has(name)) throw new InvalidTfjsModelError(`nothing makes "${name}"`)
    if (!node || state.get(name) === 'done') {
      stack.pop()
    } else if (state.get(name) === 'open') {
      state.set(name, 'done')
      sorted.push(node)
      stack.pop()
    } else {
      state.set(name, 'open')
      for (const input of [...node.inputs].reverse()) {
        const source = producerOf(input)
        if (state.get(source) === 'open') throw new InvalidTfjsModelError(`"${source}" depends on itself`)
        if (state.get(source) !== 'done') stack.push(source)
      }
    }
  }
  return sorted
}
