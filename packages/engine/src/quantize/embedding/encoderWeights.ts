import { InvalidModelError } from '../../inference/errors.ts'
import type { OnnxModel } from '../../onnx/model.ts'

/** A linear layer; `matrix` is [outputs, inputs]. */
export type Linear = { readonly matrix: Float32Array; readonly bias: Float32Array }
export type LayerNorm = { readonly weight: Float32Array; readonly bias: Float32Array }

export type EncoderLayer = {
  readonly width: number
  readonly attentionNorm: LayerNorm
  /** Queries, keys and values under each other. */
  readonly attentionIn: Linear
  readonly attentionOut: Linear
  readonly feedForwardNorm: LayerNorm
  readonly up: Linear
  readonly down: Linear
}

/** Universal Sentence Encoder lite as its graph has it: what is read of a text's pieces, two layers, a mean, one layer more. */
export type EncoderWeights = {
  readonly embedding: Float32Array
  /** Angles per position of the timing signal. */
  readonly speeds: Float32Array
  readonly layers: readonly EncoderLayer[]
  /** Brings what the first layer reads to the width of what it writes. */
  readonly widen: Linear
  readonly pooled: Linear
}

export const ENCODER = {
  width: 256,
  stream: 512,
  heads: 4,
  inner: 1536,
  vocabulary: 8002,
  positions: 128,
  layers: 2,
  /** As the float graph states it, a float32. */
  epsilon: Math.fround(1e-6),
} as const

const VARIABLES = 'module/Encoder_en/'
const APPLIED = 'module_apply_default/Encoder_en/'
const STACK = 'KonaTransformer/Encode/'

/** Reads the weights of the graph that `convertEmbeddingModel` makes, by name. Throws `InvalidModelError` for another graph. */
export function encoderWeights(model: OnnxModel): EncoderWeights {
  const tensor = (name: string, ...dims: readonly number[]): Float32Array => {
    const found = model.initializers.get(name)
    if (found?.type !== 'f32' || found.dims.join() !== dims.join())
      throw new InvalidModelError('embedding', `the float graph has no "${name}" of ${dims.join(' × ')}`)
    return found.data
  }
  const linear = (matrix: string, bias: string, inputs: number, outputs: number): Linear => ({
    matrix: transposed(tensor(matrix, inputs, outputs), outputs),
    bias: tensor(bias, outputs),
  })
  const norm = (at: string, width: number): LayerNorm => ({
    weight: tensor(`${at}_scale/ConcatPartitions/concat`, width),
    bias: tensor(`${at}_bias/ConcatPartitions/concat`, width),
  })
  const { width, stream, inner, vocabulary, positions } = ENCODER
  const layer = (index: number): EncoderLayer => {
    const at = `${STACK}Layer_${index}/TransformerLayer/`
    const own = index === 0 ? width : stream
    const attention = (name: string, outputs: number) =>
      linear(
        `${VARIABLES}${at}MultiheadAttention/${name}/kernel/part_0/matrix`,
        `${APPLIED}${at}MultiheadAttention/${name}/bias/ConcatPartitions/concat`,
        own,
        outputs,
      )
    const convolution = (name: string, inputs: number, outputs: number) =>
      linear(
        `${APPLIED}${STACK}TransformerStack/Layer_${index}/TransformerLayer/FFN/${name}/Tensordot/Reshape_1`,
        `${APPLIED}${at}FFN/${name}/bias/ConcatPartitions/concat`,
        inputs,
        outputs,
      )
    return {
      width: own,
      attentionNorm: norm(`${APPLIED}${at}layer_prepostprocess/layer_norm/layer_norm`, own),
      attentionIn: attention('qkv_transform_single', 3 * own),
      attentionOut: attention('output_transform_single', stream),
      feedForwardNorm: norm(`${APPLIED}${at}FFN/layer_prepostprocess/layer_norm/layer_norm`, stream),
      up: convolution('conv1', stream, inner),
      down: convolution('conv2', inner, stream),
    }
  }
  const dense = `${APPLIED}${STACK}Layer_0/TransformerLayer/dense/`
  const last = `${VARIABLES}hidden_layers/tanh_layer_0/`
  return {
    embedding: tensor('module/Embeddings_en', vocabulary, width),
    speeds: tensor(
      `${APPLIED}${STACK}TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`,
      1,
      positions,
    ),
    layers: Array.from({ length: ENCODER.layers }, (_, index) => layer(index)),
    widen: linear(`${dense}kernel/ConcatPartitions/concat`, `${dense}bias/ConcatPartitions/concat`, width, stream),
    pooled: linear(`${last}weights`, `${last}bias`, stream, stream),
  }

  function transposed(matrix: Float32Array, columns: number): Float32Array {
    const rows = matrix.length / columns
    const turned = new Float32Array(matrix.length)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) turned[column * rows + row] = matrix[row * columns + column] ?? 0
    return turned
  }
}
