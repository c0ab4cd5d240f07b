import { Emitter } from '../../../quantize/emit/emitter.ts'
import type { Facts } from '../../profile/index.ts'
import { evaluate } from '../../reference/evaluate.ts'
import { elementsOf, type Value } from '../../value.ts'
import { fewerColumns, fewerRows } from './matMulProbe.ts'
import { type Expected, firstDifference, graphOf, type Probe, plainNode, spread } from './probe.ts'
import { extremes, type Random, randomFrom } from './random.ts'

const ROWS_CHECKED = 6
const COLUMNS_CHECKED = 18

/**
 * A product of bytes of a node's form, with its zero points, of 0 and 255 in the orders that take the sums furthest: where products are paired up in 16 bits, as
 * x86 without VNNI pairs those with signed bytes, the pairs saturate.
 */
export function byteProductProbe(a: Facts, b: Facts, zeroPoints: readonly (Facts | undefined)[]): Probe {
  const dims = fewerRows(a.dims)
  const [terms = 1, columns = 1] = [b.dims.at(-2), fewerColumns(b.dims.at(-1) ?? 1)]
  const zeros = zeroPoints.map((facts) => (facts?.known ? Number(facts.known.data[0]) : undefined))
  const [za = 0, zb = 0] = zeros
  const rows = elementsOf(dims) / terms
  return {
    key: JSON.stringify(['MatMulInteger', dims, terms, columns, zeros, b.known !== undefined]),
    about: `MatMulInteger of [${dims.join(', ')}] with [${terms}, ${columns}], zero points ${za} and ${zb}`,
    make() {
      const random = randomFrom(terms * 149 + columns)
      const weights = Uint8Array.from(extremes(random, terms * columns, 0, 255))
      const data = makeRows(random, rows, { terms, columns, zb, weights })
      const emit = new Emitter()
      const left = emit.input('a', 'u8', dims)
      const right: Value = { type: 'u8', dims: [terms, columns], data: weights }
      const inputs = new Map<string, Value>([['a', { type: 'u8', dims, data }]])
      if (!b.known) inputs.set('b', right)
      const operands = [left, b.known ? emit.constant(right) : emit.input('b', 'u8', right.dims)]
      const points = zeros.map((zero) =>
        zero === undefined ? '' : emit.constant({ type: 'u8', dims: [], data: Uint8Array.of(zero) }),
      )
      while (points.at(-1) === '') points.pop()
      emit.output(emit.node('MatMulInteger', [...operands, ...points]), 'y', 'i32')
      const check = (outputs: ReadonlyMap<string, Value>) =>
        firstDifference(outputs, [expectedOf({ data, weights, terms, columns }, [za, zb])])
      return { graph: graphOf(emit), inputs, check }
    },
  }
}

type Columns = { terms: number; columns: number; zb: number; weights: Uint8Array }

/** Rows of 255 alone, of extremes, and of 255 where a column's weights are above their zero point, in turn. */
function makeRows(random: Random, rows: number, { terms, columns, zb, weights }: Columns): Uint8Array {
  const data = new Uint8Array(rows * terms)
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * terms, (row + 1) * terms)
    const column = random(0, columns - 1)
    if (row % 3 === 0) own.set(own.map((_, k) => ((weights[k * columns + column] ?? 0) > zb ? 255 : 0)))
    else if (row % 3 === 1) own.set(extremes(random, terms, 0, 255))
    else own.fill(255)
  }
  return data
}

type Operands = { data: Uint8Array; weights: Uint8Array; terms: number; columns: number }

function expectedOf({ data, weights, terms, columns }: Operands, zeros: readonly number[]): Expected {
  const [some, chosen] = [spread(data.length / terms, ROWS_CHECKED), spread(columns, COLUMNS_CHECKED)]
  const left = Uint8Array.from(some.flatMap((row) => [...data.subarray(row * terms, (row + 1) * terms)]))
  const right = new Uint8Array(terms * chosen.length)
  for (let k = 0; k < terms; k++)
    chosen.forEach((column, c) => {
      right[k * chosen.length + c] = weights[k * columns + column] ?? 0
    })
  const [sums] = evaluate(plainNode('MatMulInteger'), [
    { type: 'u8', dims: [some.length, terms], data: left },
    { type: 'u8', dims: [terms, chosen.length], data: right },
    ...zeros.map((zero): Value => ({ type: 'u8', dims: [], data: Uint8Array.of(zero) })),
  ])
  const at = some.flatMap((row) => chosen.map((column) => row * columns + column))
  return { output: 'y', at, values: sums?.data ?? new Int32Array(0) }
}
