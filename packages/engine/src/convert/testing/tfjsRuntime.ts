import { createRequire } from 'node:module'

/**
 * TensorFlow.js as the npm package `@energetic-ai/core` bundles it (WebAssembly back end): the reference that conversions are
 * tested against. Its type declarations point to packages that are not installed, so the few calls used are declared here.
 */
export type TfjsTensor = { readonly shape: number[]; data(): Promise<ArrayLike<number>>; dispose(): void }

type Inputs = Record<string, TfjsTensor>

/** `executeAsync` is for graphs with shapes that depend on values, `execute` for the others. */
export type TfjsModel = {
  execute(inputs: Inputs): TfjsTensor | TfjsTensor[]
  executeAsync(inputs: Inputs): Promise<TfjsTensor | TfjsTensor[]>
}

type TfjsModelArtifacts = { modelTopology: unknown; weightSpecs: unknown; weightData: ArrayBuffer }

export type TfjsRuntime = {
  ready(): Promise<void>
  tensor(values: ArrayLike<number>, shape: readonly number[], dtype: 'float32' | 'int32' | 'bool'): TfjsTensor
  loadGraphModel(source: unknown): Promise<TfjsModel>
  io: { fromMemory(artifacts: TfjsModelArtifacts): unknown }
}

const require = createRequire(import.meta.url)

export async function loadTfjs(): Promise<TfjsRuntime> {
  const tf: TfjsRuntime = require('@energetic-ai/core')
  await tf.ready()
  return tf
}
