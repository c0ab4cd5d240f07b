import { loadRuntime } from '../../inference/onnx/loadRuntime.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import type { Feeds } from '../calibrate/observe.ts'
import type { InputForm } from '../emit/input.ts'
import type { QuantizedModel } from '../quantizeModel.ts'
import { exactFeeds } from './exactFeeds.ts'

export type Answers = {
  /** Share of samples whose first output is largest at the label, float and exact. */
  readonly accuracy?: { readonly float: number; readonly exact: number }
  /** Share of samples in which both are largest at the same place. */
  readonly agreement: number
  /** Middle of the times of one run of one sample, in milliseconds, on one thread. */
  readonly milliseconds: { readonly float: number; readonly exact: number }
}

export type CompareAnswersParameters = {
  model: OnnxModel
  quantized: Pick<QuantizedModel, 'model'>
  inputs: ReadonlyMap<string, InputForm>
  samples: readonly Feeds[]
  /** For each sample the index of the class that it is of. */
  labels?: readonly number[]
}

/** Runs the two models in turns, as they would be served, and compares what comes out and how long it takes. */
export async function compareAnswers({
  model,
  quantized,
  inputs,
  samples,
  labels,
}: CompareAnswersParameters): Promise<Answers> {
  const [float, exact] = [await open(model), await open(quantized.model)]
  const seen = { float: [] as Run[], exact: [] as Run[] }
  try {
    for (const sample of samples) {
      const integers = exactFeeds(sample, inputs)
      // The first run of a size settles memory.
      await float.run(sample)
      await exact.run(integers)
      seen.float.push(await float.run(sample))
      seen.exact.push(await exact.run(integers))
    }
  } finally {
    await float.close()
    await exact.close()
  }
  const right = (runs: readonly Run[], truth: readonly number[]) => share(runs.map(({ best }, i) => best === truth[i]))
  return {
    ...(labels && { accuracy: { float: right(seen.float, labels), exact: right(seen.exact, labels) } }),
    agreement: right(
      seen.exact,
      seen.float.map(({ best }) => best),
    ),
    milliseconds: { float: middle(seen.float), exact: middle(seen.exact) },
  }
}

type Run = { readonly best: number; readonly milliseconds: number }

async function open(model: OnnxModel): Promise<{ run(feeds: Feeds): Promise<Run>; close(): Promise<void> }> {
  const runtime = await loadRuntime()
  const session = await runtime.InferenceSession.create(writeOnnxModel(model), {
    ...{ graphOptimizationLevel: 'all', enableMemPattern: false, intraOpNumThreads: 1, logSeverityLevel: 3 },
  })
  const [output = ''] = session.outputNames
  return {
    async run(feeds) {
      const tensors = [...feeds].map(([name, { type, data, dims }]) => [
        name,
        new runtime.Tensor(type, data as never, dims),
      ])
      const started = performance.now()
      const result = (await session.run(Object.fromEntries(tensors)))[output]
      const milliseconds = performance.now() - started
      const values = Array.from((result?.data ?? []) as ArrayLike<number | bigint>, Number)
      return {
        best: values.reduce((best, value, i) => (value > (values[best] ?? -Infinity) ? i : best), 0),
        milliseconds,
      }
    },
    close: () => session.release(),
  }
}

const share = (hits: readonly boolean[]): number => hits.filter(Boolean).length / Math.max(1, hits.length)

function middle(runs: readonly Run[]): number {
  const times = runs.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)
  return times[Math.floor(times.length / 2)] ?? 0
}
