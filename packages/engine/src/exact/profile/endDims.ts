import type { ExactGraph } from './exactGraph.ts'

/** Lengths of a graph's inputs where every named dimension has the least, or the most, that the file states. */
export function endDims(graph: ExactGraph, end: 'min' | 'max'): Map<string, number[]> {
  return new Map(
    graph.model.inputs.map(({ name, dims = [] }) => [
      name,
      dims.map((dim) => (typeof dim === 'number' ? dim : (graph.lengths.get(dim ?? '')?.[end] ?? 0))),
    ]),
  )
}
