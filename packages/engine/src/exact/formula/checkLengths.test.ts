import { expect, test } from 'vitest'
import { bindGraph, InvalidExactInputError } from '../profile/index.ts'
import { checkLengths, lengthReader } from './checkLengths.ts'
import { foldsOf } from './foldsOf.ts'
import { formulasOf } from './formulasOf.ts'
import { graphOf } from './testing/graphOf.ts'

const bound = (graph: ReturnType<typeof graphOf>, n: number) => bindGraph(graph, new Map([['x', [n, 4]]]))

test('lengths with which a graph is another than with the least and the greatest are refused', () => {
  // Whole with an odd number of rows, halves with an even one: 1 and 7 do not show it.
  const graph = graphOf((emit, x) => {
    const rows = emit.cast(emit.node('Slice', [emit.node('Shape', [x]), emit.i64([0]), emit.i64([1])]), 'f32')
    const part = emit.node('Mul', [emit.node('Sub', [rows, emit.f32(1)]), emit.f32(0.5)])
    return [[emit.node('Round', [emit.node('Add', [emit.cast(x, 'f32'), part])]), 'f32']]
  }, 7)
  const formulas = formulasOf(graph)
  for (const n of [1, 3, 5, 7]) checkLengths(formulas, bound(graph, n))
  for (const n of [2, 4, 6]) {
    expect(() => checkLengths(formulas, bound(graph, n))).toThrow(InvalidExactInputError)
  }
})

test('lengths alone tell how folds are cut', () => {
  const graph = graphOf((emit, x) => [[emit.node('ReduceSum', [emit.cast(x, 'i64'), emit.i64([0])]), 'i64']])
  const sum = formulasOf(graph).entries[1]
  const sizes = (n: number) => sum && foldsOf(sum, lengthReader(bound(graph, n)))
  expect(sizes(8)).toMatchObject([{ terms: 8, chunk: 3, chunks: 3 }])
  expect(sizes(3)).toMatchObject([{ terms: 3, chunk: 3, chunks: 1 }])
})
