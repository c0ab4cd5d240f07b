import type { OnnxModel, OnnxNode, OnnxValue } from '../../onnx/model.ts'
import { elementsOf, type Value } from '../value.ts'
import { type Builder, type Known, type Move, offer } from './graphs/builder.ts'
import * as elementwise from './graphs/elementwise.ts'
import * as movement from './graphs/movement.ts'
import * as products from './graphs/products.ts'
import { randomFrom } from './graphs/random.ts'
import * as selection from './graphs/selection.ts'
import { tensor } from './values.ts'

/** A graph of the profile, and inputs that try its limits. */
export type RandomGraph = {
  readonly model: OnnxModel
  readonly inputs: readonly ReadonlyMap<string, Value>[]
}

const MOVES: readonly Move[] = [
  ...[products.convolve, products.convolve, products.convolve, ...Object.values(products)],
  ...[...Object.values(elementwise), ...Object.values(selection), ...Object.values(movement)],
]

/** The longest batch of a graph that leaves its length open. */
const LONGEST_BATCH = 3

/**
 * A valid graph of the exact profile, the same for the same seed: products whose sums reach what the types count to, and operators of every
 * kind between them. Its inputs hold the least and the greatest values, both in turns, and random ones.
 *
 * @param moves how many things to try to add; most add two to five nodes.
 */
export function randomGraph(seed: number, { moves = 6 }: { moves?: number } = {}): RandomGraph {
  const random = randomFrom(seed)
  const openBatch = random.chance(0.3)
  const builder: Builder = { random, openBatch, nodes: [], initializers: new Map(), pool: [], aims: [] }
  const inputs = Array.from({ length: random.pick([1, 1, 2]) }, (_, i) => inputOf(builder, `x${i}`))
  for (const input of inputs) offer(builder, input)
  // The first move is a product, next to the inputs, which can be chosen so that its sums are at their limits.
  while (!random.pick(Object.values(products))(builder)) {}
  for (let i = 1; i < moves; i++) random.pick(MOVES)(builder)
  const model = modelOf(builder, inputs)
  const lengths = openBatch ? [1, LONGEST_BATCH, random.int(1, LONGEST_BATCH)] : [0, 0, 0]
  return {
    model,
    inputs: lengths.map((length, i) => valuesOf(builder, inputs, openBatch ? length : undefined, i)),
  }
}

const SHAPES = [
  [1, 3, 8, 8],
  [1, 16, 6, 6],
  [1, 17, 5, 7],
  [2, 8, 9, 4],
  [1, 1, 16, 16],
  [1, 32, 3, 3],
  [2, 5, 24],
  [4, 33],
  [1, 64],
  [3, 2, 2, 40],
]

function inputOf({ random, openBatch }: Builder, name: string): Known {
  const type = random.pick(['u8', 'u8', 'i8', 'i8', 'i32', 'i64'] as const)
  const most = random.pick([1, 127, 2 ** 12, type === 'i64' ? 2 ** 52 : 2 ** 31 - 1])
  const range = { u8: [0, 255], i8: [-128, 127], i32: [-most, most], i64: [-most, most] }[type] as [number, number]
  const shape = random.pick(SHAPES)
  return { name, type, dims: openBatch ? shape.with(0, LONGEST_BATCH) : shape, lo: range[0], hi: range[1], unit: 0 }
}

function modelOf(builder: Builder, inputs: readonly Known[]): OnnxModel {
  const { nodes, initializers, pool, openBatch } = builder
  const ends = endsOf(nodes, pool)
  const metadata = new Map([['stoa.profile', 'exact/1']])
  for (const { name, type, lo, hi } of inputs) {
    if (type === 'i32' || type === 'i64') metadata.set(`stoa.range.${name}`, `${lo}..${hi}`)
  }
  if (openBatch) metadata.set('stoa.dim.batch', `1..${LONGEST_BATCH}/1`)
  const value = ({ name, type, dims }: Known): OnnxValue => ({
    name,
    type,
    dims: openBatch ? ['batch', ...dims.slice(1)] : dims,
  })
  return { opset: 18, metadata, inputs: inputs.map(value), outputs: ends.map(value), initializers, nodes }
}

/** Tensors of the pool that nothing reads, except nodes that a move gave up on: these stay, for a file may have such. */
function endsOf(nodes: readonly OnnxNode[], pool: readonly Known[]): Known[] {
  const needed = new Set(pool.map(({ name }) => name))
  const read = new Set<string>()
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue
    for (const name of node.inputs) {
      needed.add(name)
      read.add(name)
    }
  }
  const made = new Set(nodes.flatMap((node) => node.outputs))
  return pool.filter(({ name }) => made.has(name) && !read.has(name))
}

function valuesOf(
  builder: Builder,
  inputs: readonly Known[],
  batch: number | undefined,
  turn: number,
): Map<string, Value> {
  return new Map(
    inputs.map(({ name, type, dims: longest, lo, hi }) => {
      const dims = batch === undefined ? longest : longest.with(0, batch)
      const [aim = () => 1] = builder.aims
      const patterns: readonly ((i: number) => number)[] = [
        () => hi,
        () => lo,
        (i) => (i % 2 === 0 ? hi : lo),
        (i) => (aim(i) > 0 ? hi : lo),
        (i) => (aim(i) > 0 ? lo : hi),
        () => builder.random.pick([lo, hi]),
        () => builder.random.int(lo, hi),
      ]
      const pattern = turn === 0 ? builder.random.pick(patterns.slice(3, 5)) : builder.random.pick(patterns)
      const elements = Array.from({ length: elementsOf(dims) }, (_, i) => pattern(i))
      return [name, tensor(type, elements, dims)]
    }),
  )
}
