import type { OnnxNode } from '../../onnx/model.ts'
import { EvaluationError } from '../reference/errors.ts'
import { evaluate } from '../reference/evaluate.ts'
import { type ExactType, elementsOf, type Value } from '../value.ts'
import type { BoundGraph } from './boundGraph.ts'
import { constantFacts } from './constantFacts.ts'
import { InvalidExactInputError, InvalidExactModelError } from './errors.ts'
import type { ExactGraph } from './exactGraph.ts'
import { type Facts, isCarried } from './facts.ts'
import { DEFAULT_STORED, NodeContext, type Rule } from './rule.ts'
import { ELEMENTWISE } from './rules/elementwise.ts'
import { MOVES } from './rules/moves.ts'
import { PRODUCTS } from './rules/products.ts'
import { REDUCTIONS } from './rules/reductions.ts'

/** What each operator that runs on data asks of its inputs and gives (specs/exact-inference.md, "Operators"). */
export const RULES: Readonly<Record<string, Rule>> = { ...PRODUCTS, ...ELEMENTWISE, ...REDUCTIONS, ...MOVES }

/** Operators that are always computed here: they depend on constants and lengths alone. */
export const AT_BINDING: ReadonlySet<string> = new Set(['Shape', 'Constant', 'ConstantOfShape', 'Range'])

/** Lengths, and the elements of a tensor, are counted in 31 bits. */
const MOST_ELEMENTS = 2 ** 31 - 1

/**
 * Elements that one binding may compute from constants and lengths, besides as many as the file has bytes: enough for masks and positions, too few
 * for a small file to take a machine's memory.
 */
const MOST_COMPUTED = 2 ** 22

/**
 * Channels whose bounds one binding may prove apart, over all nodes, and one more for so many bytes of the file. A product gives its channels to what
 * follows it, node after node, for a few bytes each; the networks that we know have one for each hundred bytes.
 */
const MOST_CHANNELS = 2 ** 20
const BYTES_A_CHANNEL = 16

/** How many elements may still be computed, and channels proved. */
type Budget = { elements: number; channels: number }

/**
 * Settles the lengths of a graph's inputs and proves that nothing rounds: facts of every tensor, and all that follows from
 * lengths alone computed. Throws `InvalidExactInputError` for lengths that the graph does not take, and
 * `InvalidExactModelError` with the node at fault where the proof fails.
 */
export function bindGraph(graph: ExactGraph, dims: ReadonlyMap<string, readonly number[]>): BoundGraph {
  const facts = new Map<string, Facts>(graph.constants)
  for (const [name, own] of inputFacts(graph, dims)) facts.set(name, own)
  const constants = new Map<string, Value>(graph.model.initializers as ReadonlyMap<string, Value>)
  const nodes: OnnxNode[] = []
  const { length } = graph.bytes
  const budget = { elements: MOST_COMPUTED + length, channels: MOST_CHANNELS + Math.floor(length / BYTES_A_CHANNEL) }
  for (const node of graph.model.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : factsOf(facts, name, node)))
    const outputs = compute(graph, node, inputs, budget)
    outputs.forEach((own, i) => {
      const name = node.outputs[i]
      if (!name) return
      facts.set(name, own)
      if (own.known) constants.set(name, own.known)
    })
    if (outputs.some((own) => !own.known)) nodes.push(node)
  }
  for (const { name, type } of graph.model.outputs) checkOutput(name, type, facts.get(name))
  return { ...namesOf(graph), constants, nodes, facts }
}

const namesOf = ({ model }: ExactGraph) => ({
  inputs: model.inputs.map(({ name }) => name),
  outputs: model.outputs.map(({ name }) => name),
})

function factsOf(facts: ReadonlyMap<string, Facts>, name: string, node: OnnxNode): Facts {
  const own = facts.get(name)
  if (!own) throw new InvalidExactModelError(`"${name}" is not made before it is read`, node)
  return own
}

function compute(
  graph: ExactGraph,
  node: OnnxNode,
  inputs: readonly (Facts | undefined)[],
  budget: Budget,
): readonly Facts[] {
  if (node.op === 'Shape') {
    for (const name of node.attributes.keys())
      throw new InvalidExactModelError(`attribute ${name} is not part of the profile`, node)
    const dims = inputs[0]?.dims ?? []
    return [knownFacts(node, { type: 'i64', dims: [dims.length], data: BigInt64Array.from(dims, BigInt) })]
  }
  const known = inputs.map((own) => own?.known)
  const isKnown = inputs.every((own, i) => own === undefined || known[i] !== undefined)
  if (AT_BINDING.has(node.op)) {
    if (!isKnown) throw new InvalidExactModelError('its inputs must follow from constants and lengths', node)
    spend(budget, node, elementsAtBinding(node, known))
    return evaluated(node, known)
  }
  const rule = RULES[node.op]
  if (!rule) throw new InvalidExactModelError('the operator is not part of the profile', node)
  const context = new NodeContext(node, inputs, graph)
  const outputs = rule(context)
  context.finish()
  if (outputs.length < node.outputs.length)
    throw new InvalidExactModelError(`it has ${outputs.length} outputs, ${node.outputs.length} are named`, node)
  for (const { dims } of outputs) checkSize(dims, node)
  budget.channels -= outputs.reduce((sum, { channels }) => sum + (channels?.unit.length ?? 0), 0)
  if (budget.channels < 0) throw new InvalidExactModelError('too many channels have bounds of their own', node)
  if (!isKnown) return outputs
  spend(
    budget,
    node,
    outputs.reduce((sum, { dims }) => sum + elementsOf(dims), 0),
  )
  // Constants are proved like everything else: an executor may fold them with kernels of its own.
  return evaluated(node, known)
}

function checkSize(dims: readonly number[], node?: OnnxNode): void {
  if (dims.some((length) => length < 0 || length > MOST_ELEMENTS) || elementsOf(dims) > MOST_ELEMENTS)
    throw new InvalidExactModelError(`no tensor is [${dims.join(', ')}]`, node)
}

/** Refuses a node that would compute more than is left. */
function spend(budget: Budget, node: OnnxNode, elements: number): void {
  budget.elements -= elements
  if (!(budget.elements >= 0))
    throw new InvalidExactModelError(`${elements} elements would follow from lengths alone`, node)
}

/** How many elements an operator of `AT_BINDING` makes besides what the file holds. */
function elementsAtBinding(node: OnnxNode, inputs: readonly (Value | undefined)[]): number {
  const [first = [], second, third] = inputs.map((value) =>
    Array.from<number | bigint, number>(value?.data ?? [], Number),
  )
  if (node.op === 'ConstantOfShape') {
    checkSize(first, node)
    return elementsOf(first)
  }
  if (node.op !== 'Range') return 0
  const [start = 0, limit = 0, delta = 0] = [first[0], second?.[0], third?.[0]]
  if (delta === 0) throw new InvalidExactModelError('the step is 0', node)
  return Math.max(0, Math.ceil((limit - start) / delta))
}

/** Facts of what a node makes of constants. */
function evaluated(node: OnnxNode, inputs: readonly (Value | undefined)[]): readonly Facts[] {
  try {
    return evaluate(node, inputs).map((value) => knownFacts(node, value))
  } catch (error) {
    if (error instanceof EvaluationError) throw new InvalidExactModelError(error.reason, node)
    throw error
  }
}

function knownFacts(node: OnnxNode, value: Value): Facts {
  const own = constantFacts(value)
  if (!own)
    throw new InvalidExactModelError(
      'it makes infinities, NaN, subnormal numbers or truth values other than 0 and 1',
      node,
    )
  return own
}

function checkOutput(name: string, type: string, own: Facts | undefined): void {
  if (!own) throw new InvalidExactModelError(`nothing makes the output "${name}"`)
  if (own.known) throw new InvalidExactModelError(`the output "${name}" does not depend on the inputs`)
  if (!isCarried(own))
    throw new InvalidExactModelError(`the output "${name}" has the unit 2^${own.unit}; round it first`)
  if (own.type !== type) throw new InvalidExactModelError(`the output "${name}" is ${own.type}, the file says ${type}`)
}

/** Facts of the inputs with these lengths. */
function inputFacts(graph: ExactGraph, dims: ReadonlyMap<string, readonly number[]>): Map<string, Facts> {
  const lengths = new Map<string, number>()
  return new Map(
    graph.model.inputs.map(({ name, type, dims: stated = [] }) => {
      const given = dims.get(name)
      if (given?.length !== stated.length)
        throw new InvalidExactInputError(
          `"${name}" must have ${stated.length} dimensions, has ${given?.length ?? 'none'}`,
        )
      given.forEach((length, axis) => {
        checkLength(graph, lengths, { name, length, stated: stated[axis] ?? null })
      })
      checkSize(given)
      const range = graph.ranges.get(name) ?? { lo: 0, hi: 0 }
      const exact = type as ExactType
      return [name, { type: exact, dims: given, unit: 0, ...range, stored: DEFAULT_STORED[exact] }]
    }),
  )
}

type Length = { name: string; length: number; stated: number | string | null }

function checkLength(graph: ExactGraph, lengths: Map<string, number>, { name, length, stated }: Length): void {
  const symbol = typeof stated === 'string' ? stated : ''
  const { min, max, step } =
    typeof stated === 'number'
      ? { min: stated, max: stated, step: 1 }
      : (graph.lengths.get(symbol) ?? { min: 1, max: 0, step: 1 })
  if (!Number.isInteger(length) || length < min || length > max || length % step !== 0) {
    const needed = min === max ? min : `${min} to ${max}${step > 1 ? ` in steps of ${step}` : ''}`
    throw new InvalidExactInputError(`"${name}" has a length ${length}, needed is ${needed}`)
  }
  if (typeof stated === 'number') return
  const other = lengths.get(symbol)
  if (other !== undefined && other !== length)
    throw new InvalidExactInputError(`"${name}" has a length ${length}, but "${symbol}" is ${other} elsewhere`)
  lengths.set(symbol, length)
}
