import { UnsupportedCheckpointError } from '../errors.ts'
import { fieldsOf } from '../fields.ts'
import { checkConfig, type LlamaConfig } from '../llama.ts'
import type { GgufHeader } from './parseGguf.ts'

/** Reads a Llama-like model's shape from GGUF metadata, refusing by name what changes the arithmetic. */
export function parseGgufConfig({ metadata, tensors }: GgufHeader, file: string): LlamaConfig {
  const fields = fieldsOf(Object.fromEntries(metadata), file)
  const refuse = (feature: string, key: string): never => {
    throw new UnsupportedCheckpointError(file, feature, { why: `in ${key}` })
  }
  const architecture = fields.text('general.architecture')
  if (architecture !== 'llama') refuse(`the architecture "${architecture}"`, 'general.architecture')
  if (fields.whole('split.count', 1) > 1) {
    throw new UnsupportedCheckpointError(file, 'weights split over several files', {
      hint: 'Join the parts first: llama-gguf-split --merge FIRST-PART OUTPUT.',
    })
  }
  if (fields.whole('llama.expert_count', 0) > 0) refuse('a mixture of experts', 'llama.expert_count')
  const scaling = fields.text('llama.rope.scaling.type', 'none')
  if (scaling !== 'none') refuse(`the rope scaling "${scaling}"`, 'llama.rope.scaling.type')
  if (fields.number('llama.rope.scale_linear', 1) !== 1) refuse('the rope scaling "linear"', 'llama.rope.scale_linear')
  if (tensors.has('rope_freqs.weight')) refuse('rope scaling by stored factors', 'rope_freqs.weight')

  const hidden = fields.whole('llama.embedding_length')
  const heads = fields.whole('llama.attention.head_count')
  const headDim = fields.whole('llama.attention.key_length', hidden / heads)
  if (fields.whole('llama.attention.value_length', headDim) !== headDim) {
    refuse('values of another size than keys', 'llama.attention.value_length')
  }
  if (fields.whole('llama.rope.dimension_count', headDim) !== headDim) {
    refuse('rotation of a part of each head', 'llama.rope.dimension_count')
  }
  // A window of attention changes nothing at the positions that it reaches from the first.
  const context = fields.whole('llama.context_length')
  const config: LlamaConfig = {
    hidden,
    ffn: fields.whole('llama.feed_forward_length'),
    layers: fields.whole('llama.block_count'),
    heads,
    kvHeads: fields.whole('llama.attention.head_count_kv', heads),
    headDim,
    vocab: tensors.get('token_embd.weight')?.dims[0] ?? fields.whole('llama.vocab_size'),
    context: Math.min(context, fields.whole('llama.attention.sliding_window', context)),
    ropeTheta: fields.number('llama.rope.freq_base', 10_000),
    rmsEpsilon: fields.number('llama.attention.layer_norm_rms_epsilon'),
    tied: !tensors.has('output.weight'),
  }
  return checkConfig(config, file)
}
