import type { Runtime } from '../onnx/loadRuntime.ts'
import { DIMENSIONS } from './limits.ts'

/** The network: piece ids in, embeddings out. */
export type Encoder = {
  /**
   * Embeddings of `sequences`, row after row, `DIMENSIONS` floats each. The last sequence must have at least one id and none of
   * the others more: the network takes its shape from the ids that it gets.
   */
  encode(sequences: readonly Uint32Array[]): Promise<Float32Array>
  close(): Promise<void>
}

/** Loads the network that `convertEmbeddingModel` writes. Throws what the runtime throws for a damaged file. */
export async function openEncoder(runtime: Runtime, path: string, threads?: number): Promise<Encoder> {
  const session = await runtime.InferenceSession.create(path, {
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    // Lengths differ from run to run: a plan or an arena made for one of them would be kept and never fit the next.
    enableMemPattern: false,
    enableCpuMemArena: false,
    // What goes wrong is thrown; it need not be printed as well.
    logSeverityLevel: 4,
    // Threads that wait by spinning win 0.3 ms of 1.6 on an idle machine and lose 5 where they share the cores with a server.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...(threads === undefined ? {} : { intraOpNumThreads: threads, interOpNumThreads: 1 }),
  })
  return {
    async encode(sequences) {
      const { indices, values, count } = sparse(sequences)
      const results = await session.run({
        indices: new runtime.Tensor('int64', indices, [count, 2]),
        values: new runtime.Tensor('int64', values, [count]),
      })
      const { data, dims } = results.embedding ?? {}
      if (!(data instanceof Float32Array) || dims?.[0] !== sequences.length || dims[1] !== DIMENSIONS)
        throw new TypeError(`the graph returned no "embedding" float32[${sequences.length},${DIMENSIONS}]`)
      return data
    },
    close: () => session.release(),
  }
}

/** The ids as (row, position) → id. */
function sparse(sequences: readonly Uint32Array[]) {
  const count = sequences.reduce((sum, ids) => sum + ids.length, 0)
  const indices = new BigInt64Array(count * 2)
  const values = new BigInt64Array(count)
  // The lower halves of the int64s, little-endian: no number here is negative, and a BigInt each would be garbage.
  const [lowIndices, lowValues] = [new Int32Array(indices.buffer), new Int32Array(values.buffer)]
  let at = 0
  for (const [row, ids] of sequences.entries())
    for (let position = 0; position < ids.length; position++, at++) {
      lowIndices[4 * at] = row
      lowIndices[4 * at + 2] = position
      lowValues[2 * at] = ids[position] ?? 0
    }
  return { indices, values, count }
}
