import type { OnnxModel } from '../../onnx/model.ts'
import { Emitter, int, ints } from '../../quantize/emit/emitter.ts'
import {
  headWeights,
  type LayerWeights,
  type LlamaConfig,
  type LlamaWeights,
  layerWeights,
  stacked,
} from '../checkpoint.ts'
import { lastPosition } from '../lastPosition.ts'
import { type LlamaInputs, llamaInputs, positionParts, visiblePositions } from '../positions.ts'
import { rotaryTables, swappedChannels } from '../rotary.ts'

export type BuildFloatLlamaParameters = {
  weights: LlamaWeights
  /** Logits of every new position ([B, T, vocab]) rather than of the last ([B, vocab]). */
  everyPosition?: boolean
  /** Gets the names of inner tensors that calibration looks at; they become outputs of the graph. */
  watch?: (layer: number | 'model', what: Watched, name: string) => void
}

/** Inner tensors, all [B, T, channels] or [B, T, heads, headDim]. */
export type Watched =
  | 'attentionIn'
  | 'query'
  | 'key'
  | 'value'
  | 'mixed'
  | 'feedForwardIn'
  | 'gate'
  | 'up'
  | 'inner'
  | 'residual'

type Scope = BuildFloatLlamaParameters & {
  emitter: Emitter
  inputs: LlamaInputs
  config: LlamaConfig
  cos: string
  sin: string
  hidden: string
  parts: string
}

/**
 * The checkpoint as an ordinary float32 ONNX graph with a KV cache: what the exact graph is measured against and calibrated by. Inputs
 * and outputs are those of the exact graph, but for the type of caches and logits.
 */
export async function buildFloatLlama(parameters: BuildFloatLlamaParameters): Promise<OnnxModel> {
  const { weights, everyPosition = false } = parameters
  const { config } = weights
  const emitter = new Emitter()
  const inputs = llamaInputs(emitter, config, 'f32', 8)
  const hidden = emitter.node('Not', [visiblePositions(emitter, inputs, config.heads / config.kvHeads)], {}, 'hidden')
  const tables = rotaryTables(config)
  const turn = (table: Float64Array, hint: string) =>
    emitter.node(
      'Unsqueeze',
      [
        emitter.node('Gather', [emitter.f32(table, [config.context, config.headDim]), inputs.position], {}, hint),
        emitter.i64([2]),
      ],
      {},
      hint,
    )
  const scope = {
    ...parameters,
    emitter,
    inputs,
    config,
    cos: turn(tables.cos, 'cos'),
    sin: turn(tables.sin, 'sin'),
    hidden,
    parts: positionParts(emitter, inputs),
  }
  const embedding = (await weights.tensor('embedding')).data
  let x = emitter.node('Gather', [emitter.f32(embedding, [config.vocab, config.hidden]), inputs.ids], {}, 'embedded')
  for (let layer = 0; layer < config.layers; layer++) {
    const tensors = await layerWeights(weights, layer)
    x = emitter.node('Add', [x, attention(scope, x, layer, tensors)], {}, `${layer}/residual`)
    watched(scope, layer, 'residual', x)
    x = emitter.node('Add', [x, feedForward(scope, x, layer, tensors)], {}, `${layer}/residual`)
    watched(scope, layer, 'residual', x)
  }
  if (!everyPosition) x = lastPosition(emitter, x)
  const normed = rmsNorm(scope, x, (await weights.tensor('norm')).data)
  watched(scope, 'model', 'attentionIn', normed)
  const logits = product(emitter, normed, await headWeights(weights), config.hidden, 'scores')
  const flat = everyPosition ? logits : emitter.node('Squeeze', [logits, emitter.i64([1])])
  emitter.output(flat, 'logits', 'f32')
  return { ...emitter.model(), metadata: new Map() }
}

function watched({ watch, emitter }: Scope, layer: number | 'model', what: Watched, name: string): void {
  if (!watch) return
  const output = `watch/${layer}/${what}/${name}`
  emitter.output(name, output, 'f32')
  watch(layer, what, output)
}

function product(emitter: Emitter, x: string, weights: Float32Array, width: number, hint: string): string {
  return emitter.node('MatMul', [x, emitter.f32(transposed(weights, width), [width, weights.length / width])], {}, hint)
}

/** [out, in] → [in, out]. */
function transposed(matrix: Float32Array, width: number): Float32Array {
  const height = matrix.length / width
  const turned = new Float32Array(matrix.length)
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) turned[column * height + row] = matrix[row * width + column] ?? 0
  return turned
}

function rmsNorm({ emitter, config }: Scope, x: string, gain: Float32Array): string {
  const square = emitter.node('Pow', [x, emitter.f32(2)])
  const mean = emitter.node('ReduceMean', [square, emitter.i64([-1])], { keepdims: int(1) })
  const root = emitter.node('Sqrt', [emitter.node('Add', [mean, emitter.f32(config.rmsEpsilon)])])
  return emitter.node('Mul', [emitter.node('Div', [x, root]), emitter.f32(gain)], {}, 'norm')
}

function attention(scope: Scope, x: string, layer: number, tensors: LayerWeights): string {
  const { emitter, config, inputs, hidden, parts } = scope
  const { heads, kvHeads, headDim } = config
  const normed = rmsNorm(scope, x, tensors.attentionNorm)
  watched(scope, layer, 'attentionIn', normed)
  const all = product(
    emitter,
    normed,
    stacked(tensors.query, tensors.key, tensors.value),
    config.hidden,
    `${layer}/qkv`,
  )
  const sizes = [heads + kvHeads, kvHeads].map((n) => n * headDim)
  const [turning = '', value = ''] = emitter.nodes('Split', [all, emitter.i64(sizes)], { axis: int(2) }, 2, 'split')
  const turned = rotate(scope, emitter.node('Reshape', [turning, emitter.i64([0, 0, heads + kvHeads, headDim])]))
  const [query = '', key = ''] = emitter.nodes('Split', [turned, emitter.i64([heads, kvHeads])], { axis: int(2) }, 2)
  watched(scope, layer, 'query', query)
  watched(scope, layer, 'key', key)
  watched(scope, layer, 'value', value)
  const group = heads / kvHeads
  const grouped = emitter.node('Reshape', [query, emitter.i64([0, 0, kvHeads, group, headDim])])
  const queries = emitter.node('Reshape', [
    emitter.node('Transpose', [grouped], { perm: ints([0, 2, 3, 1, 4]) }),
    emitter.i64([0, 0, -1, headDim]),
  ])
  const scaled = emitter.node('Mul', [queries, emitter.f32(1 / Math.sqrt(headDim))])
  const keys = emitter.node('Transpose', [key], { perm: ints([0, 2, 3, 1]) })
  const heads4 = emitter.node('Reshape', [value, emitter.i64([0, 0, kvHeads, headDim])])
  const values = emitter.node('Transpose', [heads4], { perm: ints([0, 2, 1, 3]) })
  emitter.output(keys, `new_key_${layer}`, 'f32')
  emitter.output(values, `new_value_${layer}`, 'f32')
  const [pastKeys = '', pastValues = ''] = [inputs.keys[layer], inputs.values[layer]]
  const scores = emitter.node(
    'Concat',
    [emitter.node('MatMul', [scaled, pastKeys]), emitter.node('MatMul', [scaled, keys])],
    { axis: int(3) },
    `${layer}/scores`,
  )
  const shares = emitter.node('Softmax', [emitter.node('Where', [hidden, emitter.f32(-1e9), scores])], {
    axis: int(-1),
  })
  const [past = '', present = ''] = emitter.nodes('Split', [shares, parts], { axis: int(3) }, 2)
  const mixed = emitter.node('Add', [
    emitter.node('MatMul', [past, pastValues]),
    emitter.node('MatMul', [present, values]),
  ])
  const apart = emitter.node('Reshape', [mixed, emitter.i64([0, kvHeads, group, -1, headDim])])
  const together = emitter.node('Reshape', [
    emitter.node('Transpose', [apart], { perm: ints([0, 3, 1, 2, 4]) }),
    emitter.i64([0, 0, heads * headDim]),
  ])
  watched(scope, layer, 'mixed', together)
  return product(emitter, together, tensors.output, heads * headDim, `${layer}/attention`)
}

function rotate({ emitter, config, cos, sin }: Scope, x: string): string {
  const swapped = emitter.node('Gather', [x, emitter.i64(swappedChannels(config.headDim))], { axis: int(3) })
  return emitter.node('Add', [emitter.node('Mul', [x, cos]), emitter.node('Mul', [swapped, sin])], {}, 'turned')
}

function feedForward(scope: Scope, x: string, layer: number, tensors: LayerWeights): string {
  const { emitter, config } = scope
  const normed = rmsNorm(scope, x, tensors.feedForwardNorm)
  watched(scope, layer, 'feedForwardIn', normed)
  const both = product(emitter, normed, stacked(tensors.gate, tensors.up), config.hidden, `${layer}/gate-up`)
  const [gate = '', up = ''] = emitter.nodes('Split', [both], { axis: int(2), num_outputs: int(2) }, 2)
  watched(scope, layer, 'gate', gate)
  watched(scope, layer, 'up', up)
  const inner = emitter.node('Mul', [emitter.node('Mul', [gate, emitter.node('Sigmoid', [gate])]), up])
  watched(scope, layer, 'inner', inner)
  return product(emitter, inner, tensors.down, config.ffn, `${layer}/feed-forward`)
}
