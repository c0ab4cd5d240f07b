import type { BoundGraph } from './profile/boundGraph.ts'
import { bindGraph, type ExactGraph, InvalidExactInputError } from './profile/index.ts'
import { elementsOf, type Value } from './value.ts'

/** Sets of lengths whose binding is kept: binding walks the whole graph, and lengths recur (strips of text have 49 widths). */
const KEPT = 64

/**
 * Returns a function that checks a request's inputs against the graph (names, types, lengths, values) and gives the graph bound to their lengths, as
 * every executor does before a run. It throws `InvalidExactInputError` for inputs that the graph does not take.
 */
export function bindInputs(graph: ExactGraph): (inputs: ReadonlyMap<string, Value>) => BoundGraph {
  const kept = new Map<string, BoundGraph>()
  return (inputs) => {
    checkInputs(graph, inputs)
    const key = graph.model.inputs.map(({ name }) => inputs.get(name)?.dims.join('x')).join()
    const dimsOf = () => new Map([...inputs].map(([name, { dims }]) => [name, dims]))
    const bound = kept.get(key) ?? withoutUnread(bindGraph(graph, dimsOf()))
    kept.delete(key)
    kept.set(key, bound)
    for (const oldest of kept.keys()) if (kept.size > KEPT) kept.delete(oldest)
    return bound
  }
}

/** A bound graph less the constants that only others followed from: with them, one of long inputs holds several times what its runs read. */
function withoutUnread(bound: BoundGraph): BoundGraph {
  const read = new Set(bound.nodes.flatMap((node) => node.inputs))
  return {
    ...bound,
    constants: new Map([...bound.constants].filter(([name]) => read.has(name))),
    facts: new Map([...bound.facts].filter(([name, { known }]) => !known || read.has(name))),
  }
}

function checkInputs(graph: ExactGraph, inputs: ReadonlyMap<string, Value>): void {
  for (const { name, type } of graph.model.inputs) {
    const value = inputs.get(name)
    if (!value) throw new InvalidExactInputError(`"${name}" is missing`)
    if (value.type !== type) throw new InvalidExactInputError(`"${name}" is ${value.type}, ${type} is needed`)
    const { data, dims } = value
    if (data.length !== elementsOf(dims))
      throw new InvalidExactInputError(`"${name}" has ${data.length} elements for the lengths [${dims}]`)
    const range = graph.ranges.get(name)
    // Bytes too may have been promised to stay within less than they can hold, and the proof relies on it.
    if (range && !holdsAll(type, range)) checkRange(name, data, range)
  }
  for (const name of inputs.keys()) {
    if (!graph.model.inputs.some((input) => input.name === name))
      throw new InvalidExactInputError(`there is no input "${name}"`)
  }
}

/** Whether a range leaves out no value of a byte's type, so that there is nothing to check. */
const holdsAll = (type: string, { lo, hi }: { lo: number; hi: number }): boolean =>
  (type === 'u8' && lo <= 0 && hi >= 255) || (type === 'i8' && lo <= -128 && hi >= 127)

function checkRange(name: string, data: Value['data'], { lo, hi }: { lo: number; hi: number }): void {
  for (let i = 0; i < data.length; i++) {
    const element = data[i] ?? 0
    if (element < lo || element > hi)
      throw new InvalidExactInputError(`element ${i} of "${name}" is ${element}, outside ${lo}..${hi}`)
  }
}
