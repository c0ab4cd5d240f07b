import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { loadExactGraph } from '../../profile/index.ts'
import type { ExactType, Value } from '../../value.ts'
import { tensor } from '../values.ts'
import { refusedGraphs } from './refusedGraphs.ts'
import { traceLiterally } from './traceLiterally.ts'
import { vectorGraphs } from './vectorGraphs.ts'

/** A tensor in the file: integers as numbers, those of i64 and f64 too, which keep within 2^52. */
export type VectorTensor = {
  readonly type: ExactType
  readonly dims: readonly number[]
  readonly data: readonly number[]
}

/** Contents of specs/vectors/exact.json, computed by the literal interpreter alone. Models are the bytes of ONNX files in base64. */
export const makeExactVectors = () => ({
  graphs: vectorGraphs().map(({ name, model, inputs }) => {
    const bytes = writeOnnxModel(model)
    const { outputs, traceRoot, entries } = traceLiterally(loadExactGraph(bytes), inputs)
    return { name, model: base64(bytes), inputs: listed(inputs), outputs: listed(outputs), entries, traceRoot }
  }),
  refused: refusedGraphs().map(({ name, model, node = null }) => ({
    name,
    model: base64(writeOnnxModel(model)),
    node,
  })),
})

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** Tensors as the file has them. */
export function listed(values: ReadonlyMap<string, Value>): Record<string, VectorTensor> {
  return Object.fromEntries(
    [...values].map(([name, { type, dims, data }]) => [
      name,
      { type, dims, data: Array.from<number | bigint, number>(data, Number) },
    ]),
  )
}

/** The tensors of a vector. */
export const valuesOf = (listed: Readonly<Record<string, VectorTensor>>): Map<string, Value> =>
  new Map(Object.entries(listed).map(([name, { type, dims, data }]) => [name, tensor(type, data, dims)]))
