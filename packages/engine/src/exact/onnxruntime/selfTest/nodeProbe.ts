import type { OnnxNode } from '../../../onnx/model.ts'
import { Emitter } from '../../../quantize/emit/emitter.ts'
import type { BoundGraph } from '../../profile/boundGraph.ts'
import { type Facts, InvalidExactModelError } from '../../profile/index.ts'
import { openReference } from '../../reference/openReference.ts'
import { elementsOf, type Value } from '../../value.ts'
import { firstDifference, graphOf, type Probe, type ProbeCase } from './probe.ts'
import { extremes, type Random, randomFrom } from './random.ts'

/**
 * What these do depends on where numbers lie, or on how their constants lie to each other; what others do to a float, on its significant bits alone, which are
 * tried as integers.
 */
const OF_PLACE: ReadonlySet<string> = new Set([
  ...['Round', 'Floor', 'Clip', 'HardSigmoid'],
  ...['Conv', 'ConvTranspose', 'MatMul'],
])

/** Bits by which ranges are narrowed, at most, until the loader admits a node by itself: it knows less there of its inputs. */
const MOST_NARROWING = 52

/**
 * Nodes of a model, each by itself, with its own constants and attributes, on extremes of what was proved of its inputs, drawn from `seed`; compared with the
 * reference. None where there is nothing to run: no elements, or the floor of a root, which is tried with the root.
 */
export function nodeProbes(bound: BoundGraph, nodes: readonly OnnxNode[], seed: number): Probe[] {
  const roots = new Set(bound.nodes.filter(({ op }) => op === 'Sqrt').flatMap(({ outputs }) => outputs))
  return nodes.filter((node) => isTried(bound, roots, node)).map((node) => nodeProbe(bound, node, seed))
}

const named = (names: readonly string[]): readonly string[] => names.filter((name) => name !== '')

function isTried(bound: BoundGraph, roots: ReadonlySet<string>, { inputs, outputs }: OnnxNode): boolean {
  const facts = [...named(inputs), ...named(outputs)].map((name) => bound.facts.get(name))
  return facts.every((own) => own && elementsOf(own.dims) > 0) && !inputs.some((name) => roots.has(name))
}

function nodeProbe(bound: BoundGraph, node: OnnxNode, seed: number): Probe {
  return {
    key: keyOf(bound, node),
    about: `${node.op} on ${named(node.inputs)
      .map((name) => describe(bound.facts.get(name)))
      .join(' and ')}`,
    make() {
      for (let narrowing = 0; narrowing <= MOST_NARROWING; narrowing++) {
        const made = tryMake(bound, node, { narrowing, seed })
        if (made) return made
      }
      throw new TypeError(`no range of its inputs lets ${node.op} "${node.name}" stand alone`)
    },
  }
}

const describe = (facts: Facts | undefined): string => (facts ? `${facts.type} [${facts.dims.join(', ')}]` : 'nothing')

/** What chooses a kernel: operator, attributes, types, which operands are constant, and how they broadcast. */
function keyOf(bound: BoundGraph, node: OnnxNode): string {
  const places = new Map(node.inputs.map((name, i) => [name, i]))
  const operands = node.inputs.map((name) => {
    const facts = bound.facts.get(name)
    const isScalar = facts !== undefined && elementsOf(facts.dims) === 1
    return facts && [facts.type, facts.dims.length, isScalar, bound.constants.has(name), places.get(name)]
  })
  const results = node.outputs
    .map((name) => bound.facts.get(name))
    .map((facts) => facts && [facts.type, facts.dims.length])
  return JSON.stringify([node.op, [...node.attributes], operands, results])
}

function tryMake(
  bound: BoundGraph,
  node: OnnxNode,
  { narrowing, seed }: { narrowing: number; seed: number },
): ProbeCase | undefined {
  const emit = new Emitter()
  const random = randomFrom(seed + node.op.length * 151 + node.inputs.length)
  const inputs = new Map<string, Value>()
  const operands = new Map<string, string>()
  const asIntegers = !OF_PLACE.has(node.op)
  for (const name of new Set(node.inputs)) {
    const facts = bound.facts.get(name)
    const constant = bound.constants.get(name)
    if (constant && facts) operands.set(name, emit.constant(asIntegers ? scaledUp(constant, facts.unit) : constant))
    else if (facts) operands.set(name, operandOf(emit, inputs, facts, { random, narrowing, asIntegers }))
  }
  const names = node.inputs.map((name) => operands.get(name) ?? '')
  const results = emit.nodes(node.op, names, Object.fromEntries(node.attributes), node.outputs.length)
  results.forEach((result, i) => {
    const facts = bound.facts.get(node.outputs[i] ?? '')
    if (facts) emit.output(settled(emit, result, node, facts), `y${i}`, facts.type)
  })
  const graph = admitted(() => graphOf(emit))
  if (!graph) return undefined
  return {
    graph,
    inputs,
    async check(outputs) {
      const expected = await openReference(graph).run(inputs)
      const all = [...expected].map(([output, { data }]) => ({ output, at: [...data.keys()], values: data }))
      return firstDifference(outputs, all)
    },
  }
}

function admitted<T>(load: () => T): T | undefined {
  try {
    return load()
  } catch (error) {
    if (error instanceof InvalidExactModelError) return undefined
    throw error
  }
}

/** What leaves a probe is carried: roots are floored, fractions rounded. */
function settled(emit: Emitter, result: string, { op }: OnnxNode, { type }: Facts): string {
  if (op === 'Sqrt') return emit.node('Floor', [result])
  return OF_PLACE.has(op) && (type === 'f32' || type === 'f64') ? emit.node('Round', [result]) : result
}

type Filling = { random: Random; narrowing: number; asIntegers: boolean }

/** An operand with these facts, made from an input of integers, which is filled with extremes. */
function operandOf(emit: Emitter, inputs: Map<string, Value>, facts: Facts, filling: Filling): string {
  const { type, dims } = facts
  const name = `x${inputs.size}`
  const narrow = (x: number) =>
    Math.sign(x) * Math.max(Math.min(Math.abs(x), 1), Math.floor(Math.abs(x) / 2 ** filling.narrowing))
  const most = type === 'f32' ? 2 ** 24 : 2 ** 52
  const inside = (x: number) => narrow(Math.min(Math.max(x / 2 ** facts.unit, -most), most)) + 0
  const range = { lo: Math.ceil(inside(facts.lo)), hi: Math.floor(inside(facts.hi)) }
  const held = HELD_AS[type]
  const elements = extremes(filling.random, elementsOf(dims), range.lo, range.hi)
  const data = held === 'i64' ? BigInt64Array.from(elements, BigInt) : ARRAYS[held].from(elements)
  inputs.set(name, { type: held, dims, data } as Value)
  const input = emit.input(name, held, dims, range)
  if (type === 'bool') return emit.node('Greater', [input, emit.i32(0)])
  if (type !== 'f32' && type !== 'f64') return input
  const cast = emit.cast(input, type)
  return facts.unit === 0 || filling.asIntegers ? cast : emit.node('Mul', [cast, emit[type](2 ** facts.unit)])
}

const HELD_AS = { f32: 'i32', f64: 'i64', bool: 'i32', i32: 'i32', i64: 'i64', u8: 'u8', i8: 'i8' } as const
const ARRAYS = { i32: Int32Array, u8: Uint8Array, i8: Int8Array } as const

/** A constant's elements as whole numbers: 2^-unit times what they are. */
function scaledUp(value: Value, unit: number): Value {
  if (unit === 0) return value
  if (value.type === 'f32') return { ...value, data: value.data.map((x) => x * 2 ** -unit) }
  return value.type === 'f64' ? { ...value, data: value.data.map((x) => x * 2 ** -unit) } : value
}
