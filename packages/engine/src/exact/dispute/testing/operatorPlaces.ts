import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { Emitter, float } from '../../../quantize/emit/emitter.ts'
import { type Expression, type Formulas, formulasOf, nodesOf, type Op } from '../../formula/index.ts'
import { formulaGraphs } from '../../formula/reference/formulaGraphs.ts'
import { bindGraph, type ExactGraph, loadExactGraph } from '../../profile/index.ts'
import { vectorGraphs } from '../../testing/reference/vectorGraphs.ts'
import { traceEntries } from '../../trace/traceEntries.ts'
import { elementsOf, type Value } from '../../value.ts'
import type { OwnRun } from '../ownRun.ts'
import { lyingRun } from './lyingRun.ts'

/** An exact graph that has formulas, and a request for it. */
export type Simulation = { graph: ExactGraph; inputs: ReadonlyMap<string, Value>; formulas: Formulas }

/** A subject of games and where to lie in it: an entry that has elements. */
export type LiePlace = { readonly simulation: Simulation; readonly truth: OwnRun; readonly entry: number }

/** What a place is there for: a kind of node of a formula, a part that it names, or an operator of the profile that makes a tensor of the trace. */
export type Subject = Op | 'named' | `operator ${string}`

/**
 * All entries of the graphs with which profile and formulas are specified (specs/vectors), by every kind of node that their formulas have and by the operators
 * that make them. A lie at such a place is a lie about that node or operator, by construction.
 */
export function operatorPlaces(): ReadonlyMap<Subject, readonly LiePlace[]> {
  const places = new Map<Subject, LiePlace[]>()
  for (const { model, inputs } of [...vectorGraphs(), ...formulaGraphs(), wholeSums()]) {
    const graph = loadExactGraph(writeOnnxModel(model))
    const simulation = { graph, inputs, formulas: formulasOf(graph) }
    const truth = lyingRun(graph, inputs)
    const bound = bindGraph(graph, new Map([...inputs].map(([name, { dims }]) => [name, dims])))
    const makers = new Map(bound.nodes.flatMap(({ op, outputs }) => outputs.map((name) => [name, op] as const)))
    for (const { index, tensor, dims } of traceEntries(bound)) {
      const expression = simulation.formulas.entries[index]?.expression
      if (!expression || elementsOf(dims) === 0) continue
      const subjects = new Set<Subject>([...kindsOf(expression), `operator ${makers.get(tensor)}`])
      for (const subject of subjects) {
        const known = places.get(subject) ?? []
        places.set(subject, known)
        known.push({ simulation, truth, entry: index })
      }
    }
  }
  return places
}

/** Sums that are whole, so that the trace has them as they are; those of the other graphs have fractions. */
function wholeSums() {
  const emit = new Emitter()
  const image = emit.cast(emit.input('x', 'u8', [1, 2, 4, 3]), 'f32')
  const weights = (dims: readonly number[]) =>
    emit.f32(
      Array.from({ length: elementsOf(dims) }, (_, i) => ((i * 7) % 11) - 5),
      dims,
    )
  const made = [
    emit.node('Conv', [image, weights([3, 2, 2, 2])]),
    emit.node('ConvTranspose', [image, weights([2, 3, 2, 2])]),
    emit.node('HardSigmoid', [emit.node('Sub', [image, emit.f32(100)])], { alpha: float(1), beta: float(0) }),
  ]
  for (const [i, tensor] of made.entries()) emit.output(tensor, `y${i}`, 'f32')
  const x: Value = { type: 'u8', dims: [1, 2, 4, 3], data: Uint8Array.from({ length: 24 }, (_, i) => (i * 53) % 251) }
  return { model: emit.model(), inputs: new Map([['x', x]]) }
}

/** The kinds of an expression's nodes; `named` where the formula writes one for several places. */
function kindsOf(expression: Expression): (Op | 'named')[] {
  const nodes = [...nodesOf(expression)]
  const parts = nodes.flatMap(({ args }) => args.filter((arg) => arg.args.length > 0))
  return [...nodes.map(({ op }) => op), ...(new Set(parts).size < parts.length ? (['named'] as const) : [])]
}
