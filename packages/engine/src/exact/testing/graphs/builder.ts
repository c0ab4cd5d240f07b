import type { OnnxNode } from '../../../onnx/model.ts'
import { type ExactType, elementsOf, type Value } from '../../value.ts'
import { nodeOf } from '../values.ts'
import type { Random } from './random.ts'

/** What the generator knows of a tensor, by its own arithmetic and not the loader's. Integers are kept within ±2^53. */
export type Known = {
  readonly name: string
  readonly type: ExactType
  /** With the longest batch, where the batch's length is left open. */
  readonly dims: readonly number[]
  readonly lo: number
  readonly hi: number
  /** Every element is a multiple of 2^unit. */
  readonly unit: number
}

/** A graph in the making. */
export type Builder = {
  readonly random: Random
  readonly nodes: OnnxNode[]
  readonly initializers: Map<string, Value>
  /** Carried tensors, which any move may read. */
  readonly pool: Known[]
  /** The first axis of every tensor in the pool is a batch of any length: moves leave it as it is. */
  readonly openBatch: boolean
  /** For each product, signs of the elements that it reads with which some of its sums are as large as they can be. */
  readonly aims: ((index: number) => number)[]
}

/** Adds something to the graph if it can: false where nothing in the pool is fit for it. */
export type Move = (builder: Builder) => boolean

/** The largest tensors that a random graph holds, in elements. */
export const MOST_ELEMENTS = 6000

const LARGEST = { f32: 2 ** 24, f64: 2 ** 52, i32: 2 ** 31 - 1, i64: 2 ** 52, u8: 255, i8: 127, bool: 1 } as const
const LEAST: Partial<Record<ExactType, number>> = { u8: 0, i8: -128, bool: 0 }

/** Whether a range of multiples of 2^unit is within what a type holds. */
export function fits(type: ExactType, lo: number, hi: number, unit = 0): boolean {
  const scale = type === 'f32' || type === 'f64' ? 2 ** -unit : 1
  return lo * scale >= (LEAST[type] ?? -LARGEST[type]) && hi * scale <= LARGEST[type]
}

export const isFloat = (known: Known): boolean => known.type === 'f32' || known.type === 'f64'
export const magnitude = (known: Known): number => Math.max(Math.abs(known.lo), Math.abs(known.hi))

type Attributes = Parameters<typeof nodeOf>[2]

/** Adds a node of one output. The caller decides when the output enters the pool. */
export function emit(
  builder: Builder,
  op: string,
  inputs: readonly string[],
  output: Omit<Known, 'name' | 'unit'> & { readonly unit?: number },
  attributes: Attributes = {},
): Known {
  const [name] = emitMany(builder, op, inputs, 1, attributes)
  return { unit: 0, ...output, name: name as string }
}

/** Adds a node, and gives the names of its outputs. */
export function emitMany(
  builder: Builder,
  op: string,
  inputs: readonly string[],
  count: number,
  attributes: Attributes = {},
): string[] {
  const index = builder.nodes.length
  const names = Array.from({ length: count }, (_, i) => (count === 1 ? `t${index}` : `t${index}_${i}`))
  builder.nodes.push({ ...nodeOf(op, inputs, attributes, names), name: `${op}_${index}` })
  return names
}

/** Adds an initializer and gives its name. */
export function constant(builder: Builder, value: Value): string {
  const name = `c${builder.initializers.size}`
  builder.initializers.set(name, value)
  return name
}

/** Lets moves read a tensor, which must be carried. */
export function offer(builder: Builder, known: Known): true {
  builder.pool.push(known)
  return true
}

/** One of the pool that is fit, recent ones first. */
export function choose(builder: Builder, fit: (known: Known) => boolean = () => true): Known | undefined {
  const candidates = builder.pool.filter((known) => elementsOf(known.dims) <= MOST_ELEMENTS && fit(known))
  if (candidates.length === 0) return undefined
  return builder.random.chance(0.5) ? candidates.at(-1) : builder.random.pick(candidates)
}
