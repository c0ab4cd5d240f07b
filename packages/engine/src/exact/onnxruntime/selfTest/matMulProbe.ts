import { Emitter } from '../../../quantize/emit/emitter.ts'
import type { Facts } from '../../profile/index.ts'
import { evaluate } from '../../reference/evaluate.ts'
import { elementsOf, type Value } from '../../value.ts'
import { type Expected, firstDifference, graphOf, type Probe, plainNode, spread } from './probe.ts'
import { extremes, type Random, randomFrom } from './random.ts'
import { channelWeights, F32_BUDGET, F64_BUDGET } from './weights.ts'

const MOST_ROWS = 33
const ROWS_CHECKED = 6
const COLUMNS_CHECKED = 18

/** Columns of a probe: kernels go by blocks of columns, and by what is left over, which is kept. */
export const fewerColumns = (columns: number): number => (columns <= 1024 ? columns : 512 + (columns % 512))

/** Lengths before the last two axes, at most two each: products of a batch are computed one by one. */
export const fewerRows = (dims: readonly number[]): number[] =>
  dims.map((dim, axis) => (axis === dims.length - 1 ? dim : Math.min(dim, axis === dims.length - 2 ? MOST_ROWS : 2)))

/**
 * A product with constant weights of a node's form, which use up the bound: alone, and with a bias and a `Clip` that ONNX Runtime makes one kernel of.
 * Compared with the reference in some rows and columns.
 */
export function matMulProbe(a: Facts, b: Facts): Probe {
  const dims = fewerRows(a.dims)
  const [terms = 1, columns = 1] = [b.dims[0], fewerColumns(b.dims[1] ?? 1)]
  const type = a.type === 'f64' ? 'f64' : 'f32'
  const { lo, hi } = a
  return {
    key: JSON.stringify(['MatMul', type, dims, terms, columns, lo, hi]),
    about: `MatMul in ${type} of [${dims.join(', ')}] with weights [${terms}, ${columns}]`,
    make() {
      const random = randomFrom(terms * 139 + columns)
      const budget = type === 'f64' ? F64_BUDGET : F32_BUDGET
      const form = { type, terms, columns, lo, hi, budget } as const
      const { weights, bias } = makeWeights(random, form)
      const rows = makeRows(random, elementsOf(dims) / terms, form, weights)
      const emit = new Emitter()
      const wide = type === 'f64'
      const x = emit.cast(emit.input('x', wide ? 'i64' : 'i32', dims, { lo, hi }), type)
      const product = (sign: number) =>
        emit.node('MatMul', [
          x,
          emit[type](
            weights.map((w) => w * sign),
            [terms, columns],
          ),
        ])
      emit.output(product(1), 'alone', type)
      const sum = emit.node('Add', [product(-1), emit[type](bias.map((b) => 0 - b))])
      emit.output(emit.node('Clip', [sum, emit[type](-budget), emit[type](budget)]), 'clipped', type)
      const value: Value = wide
        ? { type: 'i64', dims, data: BigInt64Array.from(rows, BigInt) }
        : { type: 'i32', dims, data: Int32Array.from(rows) }
      return {
        graph: graphOf(emit),
        inputs: new Map([['x', value]]),
        check: (outputs) => firstDifference(outputs, expectedOf(form, rows, weights, bias)),
      }
    },
  }
}

type Form = {
  readonly type: 'f32' | 'f64'
  readonly terms: number
  readonly columns: number
  readonly lo: number
  readonly hi: number
  readonly budget: number
}

function makeWeights(random: Random, { terms, columns, lo, hi, budget }: Form) {
  const weights = new Float64Array(terms * columns)
  const bias = new Float64Array(columns)
  channelWeights(random, columns, terms, { budget, most: Math.max(-lo, hi) }).forEach((own, channel) => {
    for (let k = 0; k < terms; k++) weights[k * columns + channel] = own.weights[k] ?? 0
    bias[channel] = own.bias
  })
  return { weights, bias }
}

/** Each second row takes the sum of a column to an end of its range. */
function makeRows(random: Random, count: number, { terms, columns, lo, hi }: Form, weights: Float64Array): number[] {
  const checked = spread(columns, COLUMNS_CHECKED)
  return Array.from({ length: count }, (_, row) => row).flatMap((row) => {
    if (row % 2 === 1) return extremes(random, terms, lo, hi)
    const column = checked[random(0, checked.length - 1)] ?? 0
    return Array.from({ length: terms }, (_, k) => ((weights[k * columns + column] ?? 0) < 0 ? lo : hi))
  })
}

function expectedOf(form: Form, rows: readonly number[], weights: Float64Array, bias: Float64Array): Expected[] {
  const { terms, columns, type } = form
  const [some, chosen] = [spread(rows.length / terms, ROWS_CHECKED), spread(columns, COLUMNS_CHECKED)]
  const left = some.flatMap((row) => rows.slice(row * terms, (row + 1) * terms))
  const right = Array.from({ length: terms }, (_, k) => chosen.map((c) => weights[k * columns + c] ?? 0)).flat()
  const asValue = (dims: readonly number[], data: readonly number[]): Value =>
    type === 'f64' ? { type, dims, data: Float64Array.from(data) } : { type, dims, data: Float32Array.from(data) }
  const [sums] = evaluate(plainNode('MatMul'), [
    asValue([some.length, terms], left),
    asValue([terms, chosen.length], right),
  ])
  const alone = Float64Array.from(sums?.data as Float32Array | Float64Array)
  const at = some.flatMap((row) => chosen.map((column) => row * columns + column))
  return [
    { output: 'alone', at, values: alone },
    { output: 'clipped', at, values: alone.map((sum, i) => 0 - sum - (bias[chosen[i % chosen.length] ?? 0] ?? 0)) },
  ]
}
