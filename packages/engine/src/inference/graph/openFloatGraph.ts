import { DTYPE_BYTES, type DType, InvalidTensorError, type Tensor, tensorOf, valuesOf } from '@stoa/protocol'
import { InvalidModelError, InvalidRequestError } from '../errors.ts'
import type { Model } from '../model.ts'
import { modelFrom } from '../modelFrom.ts'
import { loadRuntime, type Runtime } from '../onnx/loadRuntime.ts'
import { graphTensorName } from './graphTensorName.ts'

export type OpenFloatGraphParameters = {
  /** `model.onnx` → absolute path. */
  files: Readonly<Record<string, string>>
  /** Threads for one operation; by default the runtime's choice. */
  threads?: number
}

type Session = Awaited<ReturnType<Runtime['InferenceSession']['create']>>

/** Element types by ONNX Runtime's names. */
const TYPES: Readonly<Record<string, DType>> = {
  uint8: 'u8',
  int8: 'i8',
  int16: 'i16',
  int32: 'i32',
  uint32: 'u32',
  int64: 'i64',
  float32: 'f32',
}

/** A graph's input or output: ONNX's name, and the tensor that stands for it. */
type Port = { onnx: string; name: string; dtype: DType; type: string }

/**
 * Opens any ONNX graph of tensors (specs/tasks.md, "graph", without a profile): computed by ONNX Runtime, with the roundings of this machine. Throws `InvalidModelError` when the file is
 * no such graph and `MissingRuntimeError` without the runtime.
 */
export async function openFloatGraph({ files, threads }: OpenFloatGraphParameters): Promise<Model> {
  const path = files['model.onnx']
  if (!path) throw refused('"model.onnx" is needed')
  const runtime = await loadRuntime()
  const limits = threads === undefined ? {} : { intraOpNumThreads: threads, interOpNumThreads: 1 }
  const options = {
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    logSeverityLevel: 4,
    ...limits,
  } as const
  const session = await runtime.InferenceSession.create(path, options).catch((cause: unknown) => {
    throw refused('model.onnx can not be loaded', cause)
  })
  try {
    const [inputs, outputs] = [portsOf(session.inputMetadata), portsOf(session.outputMetadata)]
    return modelFrom({
      task: 'graph',
      answer: (request) => answer({ runtime, session, inputs, outputs }, request),
      release: () => session.release(),
    })
  } catch (error) {
    await session.release()
    throw error
  }
}

function portsOf(metadata: Session['inputMetadata']): Port[] {
  const ports = metadata.map((each): Port => {
    const dtype = each.isTensor ? TYPES[each.type] : undefined
    if (!each.isTensor || !dtype) throw refused(`"${each.name}" is of a type that no tensor here has`)
    return { onnx: each.name, name: graphTensorName(each.name), dtype, type: each.type }
  })
  const twice = ports.find(({ name }, i) => ports.findIndex((port) => port.name === name) !== i)
  if (twice) throw refused(`two of its inputs, or two of its outputs, would be called "${twice.name}"`)
  return ports
}

type Parts = { runtime: Runtime; session: Session; inputs: readonly Port[]; outputs: readonly Port[] }

async function answer({ runtime, session, inputs, outputs }: Parts, request: readonly Tensor[]): Promise<Tensor[]> {
  const wanted = inputs.map(({ name }) => name).join(', ')
  if (request.map(({ name }) => name).join(', ') !== wanted)
    throw new InvalidRequestError('graph', `it needs exactly the tensors ${wanted}, in this order`)
  const feeds = inputs.map(({ onnx, name, dtype, type }, i) => {
    const tensor = request[i]
    if (tensor?.dtype !== dtype) throw new InvalidTensorError(`"${name}" is ${tensor?.dtype}, the graph takes ${dtype}`)
    return [onnx, new runtime.Tensor(type as 'float32', valuesOf(tensor, dtype) as Float32Array, tensor.dims)] as const
  })
  const results = await run(session, Object.fromEntries(feeds))
  return outputs.map(({ onnx, name, dtype }) => {
    const result = results[onnx]
    if (!result || !ArrayBuffer.isView(result.data)) throw new TypeError(`the graph gave no output "${onnx}"`)
    const { buffer, byteOffset, byteLength } = result.data
    const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice()
    const values = valuesOf({ name, dtype, dims: [bytes.length / DTYPE_BYTES[dtype]], data: bytes }, dtype)
    return tensorOf(name, dtype, result.dims, values)
  })
}

/** A request of the right types whose lengths the graph can't take is its sender's mistake. */
async function run(session: Session, feeds: Parameters<Session['run']>[0]) {
  try {
    return await session.run(feeds)
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new InvalidRequestError('graph', `the graph does not take these lengths (${why.slice(0, 200)})`)
  }
}

const refused = (why: string, cause?: unknown): InvalidModelError => new InvalidModelError('graph', why, cause)
