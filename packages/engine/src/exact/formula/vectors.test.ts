import { readFile } from 'node:fs/promises'
import { bytesToHex, hexToBytes } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { loadExactGraph } from '../profile/index.ts'
import { type makeExactVectors, valuesOf } from '../testing/reference/vectors.ts'
import { chunkState } from './chunkState.ts'
import { decodeFormula } from './decodeFormula.ts'
import { elementOf } from './elementOf.ts'
import { FOLDS, type Op, SCHEMAS } from './expression/schema.ts'
import { foldsOf } from './foldsOf.ts'
import { formulasOf } from './formulasOf.ts'
import { makeFormulaVectors } from './reference/vectors.ts'
import { tracedRun } from './testing/tracedRun.ts'

type Vectors = Awaited<ReturnType<typeof makeFormulaVectors>>
const read = async (name: string) =>
  JSON.parse(await readFile(new URL(`../../../../../specs/vectors/${name}`, import.meta.url), 'utf8'))
const vectors: Vectors = await read('formulas.json')
const shared: ReturnType<typeof makeExactVectors> = await read('exact.json')

test('committed vectors are what is made', async () => {
  expect(JSON.parse(JSON.stringify(await makeFormulaVectors()))).toEqual(vectors)
})

test('committed vectors have every node, and every kind of fold in several chunks', () => {
  const formulas = vectors.graphs.flatMap(({ entries }) => entries)
  const [used, cut] = [new Set<Op>(), new Set<Op>()]
  for (const { formula, elements } of formulas) {
    const nodes = [...decodeFormula(hexToBytes(formula)).places.keys()]
    for (const { op } of nodes) used.add(op)
    if (elements.some(({ folds }) => folds.some((states) => states.length > 1))) for (const { op } of nodes) cut.add(op)
  }
  expect(Object.keys(SCHEMAS).filter((op) => !used.has(op as Op))).toEqual([])
  expect(FOLDS.filter((op) => !cut.has(op))).toEqual([])
})

test.each(vectors.graphs)('hold: $name', async ({ name, root, outputs, entries, ...own }) => {
  const { model, inputs } = shared.graphs.find((graph) => graph.name === name) ?? own
  if (!model || !inputs) throw new TypeError(`"${name}" has no model`)
  const graph = loadExactGraph(Buffer.from(model, 'base64'))
  const formulas = formulasOf(graph)
  expect(formulas.root).toBe(root)
  expect(formulas.outputs).toEqual(outputs)
  const { entries: tensors, reader } = await tracedRun(graph, formulas, valuesOf(inputs))
  for (const [i, { formula: bytes, elements }] of entries.entries()) {
    const formula = decodeFormula(hexToBytes(bytes))
    expect(bytesToHex(formulas.entries[i]?.bytes ?? new Uint8Array())).toBe(bytes)
    for (const { element, value, folds } of elements) {
      const place = { element, dims: tensors[i]?.dims ?? [] }
      const last = folds.filter((states) => states.length > 1).map((states) => BigInt(states.at(-1) ?? 0))
      expect(String(elementOf(formula, place, reader, last))).toBe(value)
      expect(foldsOf(formula, reader).map(({ chunks }) => chunks)).toEqual(folds.map((states) => states.length))
      for (const [fold, states] of folds.entries()) {
        for (const [index, state] of states.entries()) {
          const before = index === 0 ? undefined : BigInt(states[index - 1] ?? 0)
          expect(String(chunkState(formula, { ...place, fold, index, before }, reader))).toBe(state)
        }
      }
    }
  }
})
