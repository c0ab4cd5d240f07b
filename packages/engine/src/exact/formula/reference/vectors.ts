import { createHash } from 'node:crypto'
import { bytesToHex, type Hex } from '@stoa/protocol'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { loadExactGraph } from '../../profile/index.ts'
import { type VectorGraph, vectorGraphs } from '../../testing/reference/vectorGraphs.ts'
import { base64, listed } from '../../testing/reference/vectors.ts'
import { elementsOf } from '../../value.ts'
import { chunkState } from '../chunkState.ts'
import { foldsOf } from '../foldsOf.ts'
import { type Formulas, formulasOf } from '../formulasOf.ts'
import { elementIn, type TracedRun, tracedRun } from '../testing/tracedRun.ts'
import { formulaGraphs } from './formulaGraphs.ts'

/**
 * Contents of specs/vectors/formulas.json. Elements are those of the reference executor's whole tensors, and roots are hashed here by the page alone; formulas
 * and states of folds are the product's, which a contract computes as well. Models are the bytes of ONNX files in base64; those of specs/vectors/exact.json
 * stand there, under the same names. Elements and states are decimal.
 */
export const makeFormulaVectors = async () => {
  const shared = vectorGraphs().map(({ name }) => name)
  const graphs = [...vectorGraphs(), ...formulaGraphs()]
  return { graphs: await Promise.all(graphs.map((graph) => vectorOf(graph, shared.includes(graph.name)))) }
}

async function vectorOf({ name, model, inputs }: VectorGraph, isShared: boolean) {
  const bytes = writeOnnxModel(model)
  const graph = loadExactGraph(bytes)
  const formulas = formulasOf(graph)
  const run = await tracedRun(graph, formulas, inputs)
  return {
    name,
    ...(isShared ? {} : { model: base64(bytes), inputs: listed(inputs) }),
    root: rootLiterally(formulas),
    outputs: formulas.outputs,
    entries: formulas.entries.map(({ bytes }, i) => ({
      formula: bytesToHex(bytes),
      elements: elementsFor(formulas, run, i),
    })),
  }
}

/** The first element of an entry, the last, and one between. */
function elementsFor(formulas: Formulas, run: TracedRun, index: number) {
  const [formula, entry] = [formulas.entries[index], run.entries[index]]
  if (!formula || !entry) throw new RangeError(`there is no entry ${index}`)
  const count = elementsOf(entry.dims)
  const chosen = new Set([0, Math.floor(count / 3), count - 1].filter((element) => element >= 0))
  return [...chosen].map((element) => {
    const place = { element, dims: entry.dims }
    const folds = foldsOf(formula, run.reader).map(({ chunks }, fold) => {
      const states: bigint[] = []
      for (let chunk = 0; chunk < chunks; chunk++)
        states.push(chunkState(formula, { ...place, fold, index: chunk, before: states.at(-1) }, run.reader))
      return states.map(String)
    })
    return { element, value: String(elementIn(entry.tensor, element)), folds }
  })
}

const hash = (...parts: Uint8Array[]): Uint8Array => createHash('sha256').update(Buffer.concat(parts)).digest()

/** The root of formulas, by the page. */
function rootLiterally({ entries, inputs, outputs }: Formulas): Hex {
  let level = entries.map(({ bytes }) => hash(Uint8Array.of(8), bytes))
  while (!Number.isInteger(Math.log2(level.length))) level.push(new Uint8Array(32))
  while (level.length > 1) {
    level = level.flatMap((left, i) => {
      const right = level[i + 1]
      return i % 2 === 0 && right ? [hash(Uint8Array.of(1), left, right)] : []
    })
  }
  const head = Buffer.alloc(8 + 4 * outputs.length)
  head[0] = 7
  head[1] = 1
  head.writeUInt32BE(entries.length, 2)
  head[6] = inputs
  head[7] = outputs.length
  outputs.forEach((entry, i) => {
    head.writeUInt32BE(entry, 8 + 4 * i)
  })
  return bytesToHex(hash(head, ...level))
}
