import { openExact, type Value } from '@stoa/engine/exact'
import { buildFloatLlama, createCache, type LlamaWeights } from '@stoa/engine/llama'
import { writeOnnxModel } from '@stoa/engine/onnx'
import ort from 'onnxruntime-node'
import { valueTensor } from '../verified/runners.ts'

/** Reads a text from its beginning, token by token, as generating does. */
export type Reader = {
  /** Logits after each token, natural logarithms. */
  read(text: readonly number[]): Promise<ArrayLike<number>[]>
  close(): Promise<unknown>
}

/** An exact logit counts in as many steps (specs/generation.md). */
const LOGIT_STEPS = 1024

/** The exact model in the file, in the executor that nodes run it in. */
export async function openExactReader(weights: LlamaWeights, bytes: Uint8Array): Promise<Reader> {
  const { executor } = await openExact({ bytes })
  return { read: reading(weights, 'u8', (inputs) => executor.run(inputs), LOGIT_STEPS), close: () => executor.close() }
}

/** The weights as they are, in ONNX Runtime. */
export async function openFloatReader(weights: LlamaWeights): Promise<Reader> {
  const session = await ort.InferenceSession.create(writeOnnxModel(await buildFloatLlama({ weights })))
  const run = async (inputs: ReadonlyMap<string, Value>) => {
    const feeds = Object.fromEntries([...inputs].map(([name, value]) => [name, valueTensor(value)]))
    const outputs = Object.entries(await session.run(feeds))
    return new Map(outputs.map(([name, tensor]) => [name, floatValue(tensor)]))
  }
  return {
    read: reading(weights, 'f32', run, 1),
    close: () => session.release(),
  }
}

function floatValue({ data, dims }: ort.Tensor): Value {
  if (!(data instanceof Float32Array)) throw new TypeError('a float model gives out floats')
  return { type: 'f32', dims, data }
}

type Run = (inputs: ReadonlyMap<string, Value>) => Promise<ReadonlyMap<string, Value>>

function reading(weights: LlamaWeights, type: 'u8' | 'f32', run: Run, steps: number) {
  return async (text: readonly number[]): Promise<ArrayLike<number>[]> => {
    const cache = createCache(weights.config, type)
    const read: number[][] = []
    for (const [at, id] of text.entries()) {
      const inputs = cache.inputs()
      inputs.set('ids', { type: 'i64', dims: [1, 1], data: BigInt64Array.of(BigInt(id)) })
      inputs.set('position', { type: 'i64', dims: [1, 1], data: BigInt64Array.of(BigInt(at)) })
      const outputs = await run(inputs)
      const logits = outputs.get('logits')
      if (!logits) throw new TypeError('a decoder gives out logits')
      read.push(Array.from<number | bigint, number>(logits.data, (logit) => Number(logit) / steps))
      cache.append(outputs, 1)
    }
    return read
  }
}
