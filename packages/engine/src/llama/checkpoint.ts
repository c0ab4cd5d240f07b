import type { LlamaCheckpoint, LlamaConfig } from '../checkpoints/llama.ts'

export type { LlamaConfig }

/** What is needed of a checkpoint to build graphs. */
export type LlamaWeights = Pick<LlamaCheckpoint, 'config' | 'tensor'>

/** The weights of one layer. */
export type LayerWeights = Readonly<Record<(typeof LAYER_TENSORS)[number], Float32Array>>

export const LAYER_TENSORS = [
  'attentionNorm',
  'query',
  'key',
  'value',
  'output',
  'feedForwardNorm',
  'gate',
  'up',
  'down',
] as const

export async function layerWeights(weights: LlamaWeights, layer: number): Promise<LayerWeights> {
  const entries = await Promise.all(
    LAYER_TENSORS.map(async (name) => [name, (await weights.tensor(`layers.${layer}.${name}`)).data] as const),
  )
  return Object.fromEntries(entries) as LayerWeights
}

/** The output matrix, [vocab, hidden]. */
export async function headWeights(weights: LlamaWeights): Promise<Float32Array> {
  return (await weights.tensor(weights.config.tied ? 'embedding' : 'head')).data
}

/** Rows of matrices of one width under each other: what is computed from one input is computed by one product. */
export function stacked(...matrices: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(matrices.reduce((length, matrix) => length + matrix.length, 0))
  let at = 0
  for (const matrix of matrices) {
    all.set(matrix, at)
    at += matrix.length
  }
  return all
}
