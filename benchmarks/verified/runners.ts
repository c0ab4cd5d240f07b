import { type Executor, type MachineTest, openExact, type Value } from '@stoa/engine/exact'
import { type OnnxModel, writeOnnxModel } from '@stoa/engine/onnx'
import ort from 'onnxruntime-node'
import type { Inputs } from './cases.ts'

/** Something that runs a network, to be timed. */
export type Runner = { run(inputs: Inputs): Promise<unknown>; close(): Promise<void> }

const THREADS = 2

/** A float model, or one in a file, in ONNX Runtime with the options that Stoa runs float models with. */
export async function floatRunner(model: OnnxModel | string): Promise<Runner> {
  const options: ort.InferenceSession.SessionOptions = {
    ...{ graphOptimizationLevel: 'all', executionMode: 'sequential', enableMemPattern: false, logSeverityLevel: 3 },
    ...{ intraOpNumThreads: THREADS, interOpNumThreads: 1 },
  }
  const { create } = ort.InferenceSession
  const session = await (typeof model === 'string' ? create(model, options) : create(writeOnnxModel(model), options))
  return {
    run: (inputs) => session.run(Object.fromEntries([...inputs].map(([name, value]) => [name, valueTensor(value)]))),
    close: () => session.release(),
  }
}

/** A value of a float model's as ONNX Runtime takes it. */
export function valueTensor(value: Value): ort.Tensor {
  if (value.type === 'f32') return new ort.Tensor('float32', value.data, value.dims)
  if (value.type === 'i64') return new ort.Tensor('int64', value.data, value.dims)
  throw new TypeError(`no float model here has an input of ${value.type}`)
}

/** An exact model in the executor asked for; ONNX Runtime only after its self-test. */
export async function exactRunner(
  bytes: Uint8Array,
  executor: 'onnxruntime' | 'wasm' | 'reference',
  machineTest: MachineTest,
): Promise<Executor> {
  return (await openExact({ bytes, executor, threads: THREADS, machineTest })).executor
}
