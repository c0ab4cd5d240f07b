import type { LlamaConfig } from '../llama.ts'
import type { TypedValue } from './writeGguf.ts'

/** What a GGUF file says of a model of this architecture, whatever its words are. */
export const llamaMetadata = (config: LlamaConfig, name: string): Record<string, TypedValue> => ({
  'general.architecture': ['text', 'llama'],
  'general.name': ['text', name],
  'llama.block_count': ['u32', config.layers],
  'llama.context_length': ['u32', config.context],
  'llama.embedding_length': ['u32', config.hidden],
  'llama.feed_forward_length': ['u32', config.ffn],
  'llama.attention.head_count': ['u32', config.heads],
  'llama.attention.head_count_kv': ['u32', config.kvHeads],
  'llama.attention.key_length': ['u32', config.headDim],
  'llama.attention.value_length': ['u32', config.headDim],
  'llama.attention.layer_norm_rms_epsilon': ['f32', config.rmsEpsilon],
  'llama.rope.freq_base': ['f32', config.ropeTheta],
  'llama.rope.dimension_count': ['u32', config.headDim],
  'llama.vocab_size': ['u32', config.vocab],
})
