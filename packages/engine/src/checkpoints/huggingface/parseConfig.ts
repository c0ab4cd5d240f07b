import { UnsupportedCheckpointError } from '../errors.ts'
import { type Fields, fieldsOf } from '../fields.ts'
import { checkConfig, type LlamaConfig } from '../llama.ts'

/** Architectures whose config and weights are Llama's; with them come features that are refused one by one. */
const MODEL_TYPES = ['llama', 'mistral']

export type HuggingFaceConfig = {
  readonly config: LlamaConfig
  /** Ids that end a text; empty where the config names none. */
  readonly ends: readonly number[]
}

/**
 * Reads config.json of a Llama-like model, with the defaults of the transformers library for what may be left out. Features that
 * change the arithmetic are refused by name.
 *
 * @see https://huggingface.co/docs/transformers/model_doc/llama
 */
export function parseConfig(json: unknown, file: string): HuggingFaceConfig {
  const fields = fieldsOf(json, file)
  const modelType = fields.text('model_type', 'none')
  if (!MODEL_TYPES.includes(modelType)) {
    throw new UnsupportedCheckpointError(file, `the architecture "${modelType}"`, { why: 'in model_type' })
  }
  refuseFeatures(fields, file)
  const hidden = fields.whole('hidden_size')
  const heads = fields.whole('num_attention_heads')
  const config: LlamaConfig = {
    hidden,
    ffn: fields.whole('intermediate_size'),
    layers: fields.whole('num_hidden_layers'),
    heads,
    kvHeads: fields.whole('num_key_value_heads', heads),
    headDim: fields.whole('head_dim', hidden / heads),
    vocab: fields.whole('vocab_size'),
    context: readContext(fields),
    ropeTheta: readRopeTheta(fields, file),
    rmsEpsilon: fields.number('rms_norm_eps', 1e-6),
    tied: fields.flag('tie_word_embeddings', false),
  }
  return { config: checkConfig(config, file), ends: readEnds(fields, file) }
}

/** Ids of `eos_token_id`, which is one id or a list of them. */
export function readEnds(fields: Fields, file: string): readonly number[] {
  if (!fields.has('eos_token_id')) return []
  if (!Array.isArray(fields.raw('eos_token_id'))) return [fields.whole('eos_token_id')]
  const list = fields.list('eos_token_id')
  const items = fieldsOf(Object.fromEntries(list.entries()), file, 'eos_token_id.')
  return list.map((_, i) => items.whole(String(i)))
}

function refuseFeatures(fields: Fields, file: string): void {
  const refuse = (feature: string, key: string) => {
    throw new UnsupportedCheckpointError(file, feature, { why: `in ${key}` })
  }
  const activation = fields.text('hidden_act', 'silu')
  if (activation !== 'silu') refuse(`the activation "${activation}"`, 'hidden_act')
  for (const key of ['attention_bias', 'mlp_bias', 'use_qk_norm']) {
    if (fields.flag(key, false)) refuse(key === 'use_qk_norm' ? 'norms of query and key' : 'biases', key)
  }
  if (fields.has('attention_chunk_size')) refuse('attention to a window', 'attention_chunk_size')
  for (const key of ['num_local_experts', 'num_experts', 'n_routed_experts']) {
    if (fields.has(key)) refuse('a mixture of experts', key)
  }
  if (fields.has('quantization_config')) refuse('quantised weights', 'quantization_config')
  if (fields.number('partial_rotary_factor', 1) !== 1)
    refuse('rotation of a part of each head', 'partial_rotary_factor')
  for (const key of ['residual_multiplier', 'embedding_multiplier', 'logits_scaling', 'attention_multiplier']) {
    if (fields.has(key)) refuse('scaled activations', key)
  }
  for (const key of ['rope_scaling', 'rope_parameters']) {
    if (!fields.has(key)) continue
    const rope = fields.fields(key)
    const type = rope.text('rope_type', rope.text('type', 'default'))
    if (type !== 'default') refuse(`the rope scaling "${type}"`, key)
    if (rope.number('partial_rotary_factor', 1) !== 1) refuse('rotation of a part of each head', key)
  }
}

/** A window of attention (Mistral 0.1) changes nothing at the positions that it reaches from the first: those are the context. */
function readContext(fields: Fields): number {
  const positions = fields.whole('max_position_embeddings')
  return fields.has('sliding_window') ? Math.min(positions, fields.whole('sliding_window')) : positions
}

/** At the top of the config, or since transformers 5 in rope_parameters; where both are, they agree. */
function readRopeTheta(fields: Fields, file: string): number {
  const top = fields.has('rope_theta') ? fields.number('rope_theta') : undefined
  const rope = fields.has('rope_parameters') ? fields.fields('rope_parameters') : undefined
  const inner = rope?.has('rope_theta') ? rope.number('rope_theta') : undefined
  if (top !== undefined && inner !== undefined && top !== inner) {
    throw new UnsupportedCheckpointError(file, `two rotary bases, ${top} and ${inner}`)
  }
  return top ?? inner ?? 10_000
}
