import type { Tokenizer } from '../text/tokenizer.ts'
import { InvalidCheckpointError } from './errors.ts'

/** Shape of a Llama-like decoder: RMSNorm, rotary positions, grouped key/value heads, SwiGLU, no biases. Sizes are counts of elements. */
export type LlamaConfig = {
  readonly hidden: number
  readonly ffn: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly vocab: number
  /** Positions that the model was trained for. */
  readonly context: number
  /** Base of the rotary frequencies: pair j of a head turns by position × ropeTheta^(-2j / headDim). */
  readonly ropeTheta: number
  readonly rmsEpsilon: number
  /** Whether the embedding is the output matrix too. */
  readonly tied: boolean
}

/** Tensor as floats, row by row: `dims` is [rows, columns] for a matrix that maps `columns` inputs to `rows` outputs. */
export type FloatTensor = { readonly dims: readonly number[]; readonly data: Float32Array }

/** An open model. Weights stay in their file and are read when they are asked for. */
export type LlamaCheckpoint = AsyncDisposable & {
  readonly format: 'huggingface' | 'gguf'
  readonly config: LlamaConfig
  readonly tokenizer: Tokenizer
  /** Ids after which an answer is complete. */
  readonly ends: readonly number[]
  /** Names for `tensor`, in the order in which a forward pass needs them; `head` only where it is not tied. */
  readonly names: readonly string[]
  /**
   * Weights by Stoa's names (`tensorDims` lists them). Rows of query and key stand as in Hugging Face files: of a head's headDim rows,
   * j and j + headDim / 2 are one rotary pair. Throws `InvalidCheckpointError` for another name.
   */
  tensor(name: string): Promise<FloatTensor>
  close(): Promise<void>
}

/** Most of anything that a config counts; keeps products of two of them exact. */
const MAX_SIZE = 2 ** 24
const MAX_LAYERS = 1024

/** Returns `config` when its numbers make up a model; `file` is named in errors. */
export function checkConfig(config: LlamaConfig, file: string): LlamaConfig {
  const wrong = (why: string): never => {
    throw new InvalidCheckpointError(file, why)
  }
  const { hidden, ffn, layers, heads, kvHeads, headDim, vocab, context, ropeTheta, rmsEpsilon } = config
  for (const [name, size] of Object.entries({ hidden, ffn, heads, kvHeads, headDim, vocab, context })) {
    if (!Number.isSafeInteger(size) || size < 1 || size > MAX_SIZE) wrong(`its ${name} size would be ${size}`)
  }
  if (!Number.isSafeInteger(layers) || layers < 1 || layers > MAX_LAYERS) wrong(`it would have ${layers} layers`)
  if (heads % kvHeads !== 0) wrong(`its ${heads} heads can't share ${kvHeads} key/value heads evenly`)
  if (headDim % 2 !== 0) wrong(`its heads have ${headDim} channels, which can't be rotated in pairs`)
  if (!(ropeTheta > 0 && Number.isFinite(ropeTheta))) wrong(`its rotary base would be ${ropeTheta}`)
  if (!(rmsEpsilon >= 0 && rmsEpsilon < 1)) wrong(`its RMSNorm epsilon would be ${rmsEpsilon}`)
  return config
}

/** Every tensor of a model and its dims, in the order of a forward pass. */
export function tensorDims(config: LlamaConfig): Map<string, readonly number[]> {
  const { hidden, ffn, layers, heads, kvHeads, headDim, vocab, tied } = config
  const dims = new Map<string, readonly number[]>([['embedding', [vocab, hidden]]])
  for (let layer = 0; layer < layers; layer += 1) {
    const at = `layers.${layer}`
    dims.set(`${at}.attentionNorm`, [hidden])
    dims.set(`${at}.query`, [heads * headDim, hidden])
    dims.set(`${at}.key`, [kvHeads * headDim, hidden])
    dims.set(`${at}.value`, [kvHeads * headDim, hidden])
    dims.set(`${at}.output`, [hidden, heads * headDim])
    dims.set(`${at}.feedForwardNorm`, [hidden])
    dims.set(`${at}.gate`, [ffn, hidden])
    dims.set(`${at}.up`, [ffn, hidden])
    dims.set(`${at}.down`, [hidden, ffn])
  }
  dims.set('norm', [hidden])
  if (!tied) dims.set('head', [vocab, hidden])
  return dims
}
