import type { OnnxNode } from '../../../onnx/model.ts'
import type { BoundGraph } from '../../profile/boundGraph.ts'
import type { ExactGraph } from '../../profile/exactGraph.ts'
import { type TraceEntry, traceEntries } from '../../trace/traceEntries.ts'
import { encodeFormula } from '../encodeFormula.ts'
import { InvalidFormulaError, NoFormulasError } from '../errors.ts'
import type { Expression } from '../expression/schema.ts'
import type { Constants } from './constants.ts'
import { ELEMENTWISE_NODES } from './elementwise.ts'
import { FOLDING_NODES } from './folds.ts'
import { createIntern } from './intern.ts'
import { checkShape, createNumberCheck, foldsStandWell } from './limits.ts'
import { MOVING_NODES } from './moves.ts'
import type { NodeInputs, Translation } from './nodeInputs.ts'
import { factsOf, type GraphTensors, type Made, readNode } from './readNode.ts'

const TRANSLATIONS: Readonly<Record<string, Translation>> = { ...ELEMENTWISE_NODES, ...MOVING_NODES, ...FOLDING_NODES }

/** An entry of the trace and its formula's bytes. */
export type CompiledEntry = TraceEntry & { readonly bytes: Uint8Array }

/** Writes the formula of every entry of a bound graph; throws `NoFormulasError` where one has none. */
export function compileGraph(graph: ExactGraph, bound: BoundGraph, constants: Constants): CompiledEntry[] {
  const entries = traceEntries(bound)
  const writing = openWriting(graph, bound, constants, entries)
  // In file order, so that what a tensor is written with has been written before it: no chain of nodes is walked in one go.
  for (const tensor of writing.passing) writing.written(tensor)
  return entries.map((entry) => {
    const { node } = madeAt(writing.makers, entry.tensor)
    const expression = writing.written(entry.tensor)
    if (!foldsStandWell(expression)) throw new NoFormulasError('a sum stands where many of its elements are read', node)
    return { ...entry, bytes: asRefusal(node, () => encodeFormula(entry.stored, expression)) }
  })
}

/** The tensors of a bound graph as expressions, each written once. */
function openWriting(graph: ExactGraph, bound: BoundGraph, constants: Constants, entries: readonly TraceEntry[]) {
  const places = new Map(entries.map(({ tensor, index }) => [tensor, index]))
  const inputs = new Map(bound.inputs.map((name, index) => [name, index]))
  const makers = makersOf(graph)
  const fromLengths = followingFromLengths(graph, bound)
  const known = new Map<string, Expression>()
  const [intern, checkNumbers] = [createIntern(), createNumberCheck()]

  /** A tensor where it is read. */
  const operand: GraphTensors['operand'] = (tensor, order, from) => {
    const [entry, input] = [places.get(tensor), inputs.get(tensor)]
    if (entry !== undefined) return intern({ op: 'entry', index: entry, args: [] })
    if (input !== undefined) return intern({ op: 'input', index: input, args: [] })
    const facts = factsOf(bound, tensor)
    if (!facts.known || fromLengths.has(tensor)) return written(tensor)
    const constant = constants.write(facts, order ?? [...facts.dims.keys()])
    return constant ? intern(constant) : from.refuse(`the constant "${tensor}" has numbers of more than 8 bytes`)
  }

  /** What makes a tensor, written out. */
  const written = (tensor: string): Expression => {
    const { node, output } = madeAt(makers, tensor)
    const from = readNode(node, { graph, bound, makers, fromLengths, operand, intern })
    const facts = factsOf(bound, tensor)
    checkShape(facts, from)
    const expression = known.get(tensor) ?? asRefusal(node, () => intern(translate(from, output)))
    // What is nothing in formulas is what it is of, which has been checked.
    if (node.op !== 'Cast' && node.op !== 'Identity') checkNumbers(expression, facts, from)
    known.set(tensor, expression)
    return expression
  }
  const isRead = (name: string) =>
    places.has(name) || inputs.has(name) || (bound.facts.get(name)?.known !== undefined && !fromLengths.has(name))
  return { makers, written, passing: passingTensors(graph, places, isRead) }
}

/** Tensors that are written out where they are read, in file order. `isRead` tells those that formulas read as they are. */
function passingTensors(
  { model }: ExactGraph,
  entries: ReadonlyMap<string, number>,
  isRead: (name: string) => boolean,
): string[] {
  const needed = new Set<string>()
  for (const { inputs, outputs } of model.nodes.toReversed()) {
    if (!outputs.some((name) => entries.has(name) || needed.has(name))) continue
    for (const name of inputs) if (name !== '' && !isRead(name)) needed.add(name)
  }
  // A root has no expression without its floor.
  return model.nodes.flatMap(({ op, outputs }) => (op === 'Sqrt' ? [] : outputs.filter((name) => needed.has(name))))
}

/** Names the node of which a number, or all of it, does not fit a formula. */
function asRefusal<T>(node: OnnxNode, write: () => T): T {
  try {
    return write()
  } catch (error) {
    throw error instanceof InvalidFormulaError ? new NoFormulasError(error.reason, node) : error
  }
}

/** A node as a node of a formula. */
function translate(from: NodeInputs, output: number): Expression {
  const translation = TRANSLATIONS[from.node.op]
  return translation ? translation(from, output) : from.refuse('the operator is none of formulas')
}

const makersOf = ({ model }: ExactGraph): Map<string, Made> =>
  new Map(model.nodes.flatMap((node) => node.outputs.map((name, output) => [name, { node, output }] as const)))

function madeAt(makers: ReadonlyMap<string, Made>, tensor: string): Made {
  const made = makers.get(tensor)
  if (!made) throw new TypeError(`nothing makes the tensor "${tensor}"`)
  return made
}

/** Tensors that are known at binding, but differ with the lengths of the inputs. */
function followingFromLengths({ model }: ExactGraph, { facts }: BoundGraph): ReadonlySet<string> {
  const found = new Set<string>()
  const isConstant = (name: string) => facts.get(name)?.known !== undefined && !found.has(name)
  for (const { op, inputs, outputs } of model.nodes) {
    const follows = op === 'Shape' ? !inputs.every(isConstant) : inputs.some((name) => found.has(name))
    for (const name of outputs) if (follows && facts.get(name)?.known) found.add(name)
  }
  return found
}
