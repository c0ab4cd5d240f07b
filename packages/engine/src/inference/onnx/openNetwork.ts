import type { Runtime } from './loadRuntime.ts'

/** Row-major float32 values. */
export type Values = { readonly data: Float32Array; readonly dims: readonly number[] }

/** An ONNX graph with one float32 input and one float32 output. */
export type Network = {
  run(input: Values): Promise<Values>
  close(): Promise<void>
}

/** Loads such a graph from a file. Throws what the runtime throws for a damaged file, and `TypeError` for another signature. */
export async function openNetwork(runtime: Runtime, path: string, threads?: number): Promise<Network> {
  const session = await runtime.InferenceSession.create(path, {
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    // Sizes differ from run to run, so that a memory plan made for one would be kept for nothing. The arena is worth having: without
    // it the recogniser spends two thirds of its time on returning pages to the system and getting them back.
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads, interOpNumThreads: 1 }),
  })
  const [input, output] = [soleName(session.inputMetadata), soleName(session.outputMetadata)]
  if (input === undefined || output === undefined) {
    await session.release()
    throw new TypeError('the graph does not have exactly one float32 input and one float32 output')
  }
  return {
    async run({ data, dims }) {
      const results = await session.run({ [input]: new runtime.Tensor('float32', data, dims) })
      const result = results[output]
      if (!(result?.data instanceof Float32Array)) throw new TypeError(`the graph returned no float32 "${output}"`)
      return { data: result.data, dims: result.dims }
    },
    close: () => session.release(),
  }
}

type Metadata = readonly { name: string; isTensor: boolean; type?: unknown }[]

function soleName(metadata: Metadata): string | undefined {
  const [only] = metadata
  return metadata.length === 1 && only?.isTensor && only.type === 'float32' ? only.name : undefined
}
