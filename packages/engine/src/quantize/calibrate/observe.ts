import { loadRuntime } from '../../inference/onnx/loadRuntime.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { InvalidSamplesError } from '../errors.ts'

/** One input for each name. */
export type Feeds = ReadonlyMap<string, Feed>
export type Feed =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'uint8'; readonly dims: readonly number[]; readonly data: Uint8Array }
  | { readonly type: 'int32'; readonly dims: readonly number[]; readonly data: Int32Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array }

/** A float32 tensor as it was seen; its memory is the runtime's, to be read at once. */
export type Seen = { readonly data: Float32Array; readonly dims: readonly number[] }

export type ObserveParameters = {
  model: OnnxModel
  /** Tensors to watch, all of them float32. */
  names: readonly string[]
  samples: readonly Feeds[]
  watch: (name: string, seen: Seen, sample: number) => void
}

/** Tensors fetched at a time: a network holds gigabytes of them at once otherwise. */
const AT_ONCE = 48

/** Runs a model on samples with ONNX Runtime and shows tensors inside it, those that are left out of optimisations included. */
export async function observe({ model, names, samples, watch }: ObserveParameters): Promise<void> {
  const runtime = await loadRuntime()
  const distinct = [...new Set(names)]
  const extra = distinct.map((name) => ({ name, type: 'f32' as const, dims: undefined }))
  const kept = model.outputs.filter(({ name }) => !names.includes(name))
  const bytes = writeOnnxModel({ ...model, outputs: [...kept, ...extra] })
  const session = await runtime.InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    enableMemPattern: false,
    logSeverityLevel: 3,
  })
  try {
    for (const [index, sample] of samples.entries()) {
      const feeds = Object.fromEntries(
        [...sample].map(([name, { type, data, dims }]) => [name, new runtime.Tensor(type, data as never, dims)]),
      )
      for (let at = 0; at < distinct.length; at += AT_ONCE) {
        const chunk = distinct.slice(at, at + AT_ONCE)
        const results = await session.run(feeds, chunk).catch((cause: unknown) => {
          throw new InvalidSamplesError(
            `sample ${index + 1} does not run: ${cause instanceof Error ? cause.message : cause}`,
            { cause },
          )
        })
        for (const name of chunk) {
          const tensor = results[name]
          if (tensor?.data instanceof Float32Array) watch(name, { data: tensor.data, dims: tensor.dims }, index)
          tensor?.dispose()
        }
      }
    }
  } finally {
    await session.release()
  }
}
