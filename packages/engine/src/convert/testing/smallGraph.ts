import type { Runtime } from '../../inference/onnx/loadRuntime.ts'
import type { Kind } from '../graph/tfGraph.ts'
import { tfjsToOnnx } from '../tfjsToOnnx.ts'
import type { TfjsRuntime } from './tfjsRuntime.ts'

/** A tensor given to both runtimes, or got from them. */
export type Given = { kind: Kind; dims: readonly number[]; values: readonly number[] }

export type SmallNode = { name: string; op: string; input: readonly string[]; attr?: Readonly<Record<string, unknown>> }

/** A TensorFlow.js model written out by hand. `feeds` are its inputs, of any length in every axis; the last node is its output. */
export type SmallGraph = {
  nodes: readonly SmallNode[]
  constants?: Readonly<Record<string, Given>>
  feeds: Readonly<Record<string, Given>>
}

const TF_TYPE: Readonly<Record<Kind, string>> = { float: 'DT_FLOAT', int: 'DT_INT32', bool: 'DT_BOOL' }
const TFJS_TYPE = { float: 'float32', int: 'int32', bool: 'bool' } as const

export const node = (name: string, op: string, input: readonly string[], attr = {}): SmallNode => ({
  name,
  op,
  input,
  attr,
})
export const floats = (values: readonly number[], dims: readonly number[] = [values.length]): Given => ({
  kind: 'float',
  dims,
  values,
})
export const ints = (values: readonly number[], dims: readonly number[] = [values.length]): Given => ({
  kind: 'int',
  dims,
  values,
})
export const bools = (values: readonly number[], dims: readonly number[] = [values.length]): Given => ({
  kind: 'bool',
  dims,
  values,
})

/** model.json and its one weight file, without the constants that no node reads: TensorFlow.js would take them for outputs. */
export function writeSmallGraph({ nodes, constants: given = {}, feeds }: SmallGraph) {
  const read = new Set(nodes.flatMap((node) => node.input))
  const constants = Object.fromEntries(Object.entries(given).filter(([name]) => read.has(name)))
  const placeholders = Object.entries(feeds).map(([name, { kind, dims }]) => ({
    name,
    op: 'Placeholder',
    attr: { dtype: { type: TF_TYPE[kind] }, shape: { shape: { dim: dims.map(() => ({ size: '-1' })) } } },
  }))
  const consts = Object.entries(constants).map(([name, { kind }]) => ({
    name,
    op: 'Const',
    attr: { dtype: { type: TF_TYPE[kind] } },
  }))
  const weights = Object.entries(constants).map(([name, { kind, dims }]) => ({
    name,
    shape: dims,
    dtype: TFJS_TYPE[kind],
  }))
  const bytes = Object.values(constants).map(({ kind, values }) => {
    if (kind === 'bool') return Uint8Array.from(values)
    return new Uint8Array((kind === 'int' ? Int32Array.from(values) : Float32Array.from(values)).buffer)
  })
  return {
    modelJson: {
      modelTopology: { node: [...placeholders, ...consts, ...nodes], versions: {}, library: {} },
      weightsManifest: [{ paths: ['weights.bin'], weights }],
    },
    shards: [new Uint8Array(Buffer.concat(bytes))],
  }
}

/** What TensorFlow.js answers. */
export async function runInTfjs(tf: TfjsRuntime, graph: SmallGraph): Promise<Omit<Given, 'kind'>> {
  const { modelJson, shards } = writeSmallGraph(graph)
  const weightSpecs = modelJson.weightsManifest[0]?.weights
  const weightData = (shards[0] ?? new Uint8Array()).buffer
  const model = await tf.loadGraphModel(
    tf.io.fromMemory({ modelTopology: modelJson.modelTopology, weightSpecs, weightData }),
  )
  const inputs = Object.entries(graph.feeds).map(([name, { kind, dims, values }]) => [
    name,
    tf.tensor(values, dims, TFJS_TYPE[kind]),
  ])
  const dynamic = graph.nodes.some((node) => node.op === 'Where')
  const feeds = Object.fromEntries(inputs)
  const output = [dynamic ? await model.executeAsync(feeds) : model.execute(feeds)].flat()[0]
  if (!output) throw new Error('the model has no output')
  return { dims: output.shape, values: [...Array.from(await output.data())] }
}

/** What ONNX Runtime answers for the converted model. */
export async function runInOnnx(runtime: Runtime, graph: SmallGraph): Promise<Omit<Given, 'kind'>> {
  const last = graph.nodes.at(-1)?.name ?? ''
  const session = await runtime.InferenceSession.create(
    tfjsToOnnx({ ...writeSmallGraph(graph), outputs: { answer: last } }),
    { logSeverityLevel: 4 },
  )
  const feeds = Object.entries(graph.feeds).map(([name, { kind, dims, values }]) => {
    if (kind === 'float') return [name, new runtime.Tensor('float32', Float32Array.from(values), dims)]
    if (kind === 'bool') return [name, new runtime.Tensor('bool', Uint8Array.from(values), dims)]
    return [name, new runtime.Tensor('int64', BigInt64Array.from(values, BigInt), dims)]
  })
  const { answer } = await session.run(Object.fromEntries(feeds))
  await session.release()
  if (!answer) throw new Error('the model has no output')
  return { dims: answer.dims, values: Array.from(answer.data as ArrayLike<number | bigint>, Number) }
}
