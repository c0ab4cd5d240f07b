import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SAMPLE_TEXT, smallBpe } from '../../text/testing/smallBpe.ts'
import { ggufName } from '../gguf/openGguf.ts'
import { huggingFaceName } from '../huggingface/openFolder.ts'
import { type LlamaConfig, tensorDims } from '../llama.ts'
import { type TensorToWrite, writeSafetensors } from '../safetensors/writeSafetensors.ts'
import { byteAlphabet } from '../tokenizers/byteAlphabet.ts'
import { llamaMetadata } from './llamaMetadata.ts'
import type { TypedValue, WriteGgufParameters } from './writeGguf.ts'

/** A model too small to say anything, with all sizes different, so that no two can be mistaken for each other. */
export const SMALL_CONFIG: LlamaConfig = {
  hidden: 48,
  ffn: 40,
  layers: 2,
  heads: 6,
  kvHeads: 2,
  headDim: 8,
  vocab: 320,
  context: 64,
  ropeTheta: 50_000,
  rmsEpsilon: 2 ** -16,
  tied: false,
}

/** Weights by Stoa's names, each a small number that halves hold exactly. */
export function smallWeights(config: LlamaConfig): Map<string, Float32Array> {
  let seed = 12_345
  const next = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return ((seed >>> 21) - 1024) / 2048
  }
  return new Map(
    [...tensorDims(config)].map(([name, dims]) => {
      const length = dims.reduce((product, dim) => product * dim, 1)
      return [name, Float32Array.from({ length }, next)]
    }),
  )
}

/** Byte-level tokenizer with 63 merges, `<|end|>` as id 0 and `<tab>` found in every text. */
export function smallTokenizer() {
  const { vocab, merges } = smallBpe(SAMPLE_TEXT, 60)
  const { characters } = byteAlphabet()
  const written = vocab.map((bytes) => [...bytes].map((byte) => characters[byte] ?? '').join(''))
  // Ids are moved up by one: 0 is the special token.
  return {
    tokens: ['<|end|>', ...written, '<tab>'],
    merges: merges.map(([left, right]) => [written[left] ?? '', written[right] ?? ''] as const),
  }
}

/** config.json of a model. */
export function configJson(config: LlamaConfig): Record<string, unknown> {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: config.hidden,
    intermediate_size: config.ffn,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    vocab_size: config.vocab,
    max_position_embeddings: config.context,
    rope_theta: config.ropeTheta,
    rms_norm_eps: config.rmsEpsilon,
    tie_word_embeddings: config.tied,
    rope_scaling: null,
    eos_token_id: 0,
  }
}

export function tokenizerJson(): Record<string, unknown> {
  const { tokens, merges } = smallTokenizer()
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
  const added = { single_word: false, lstrip: false, rstrip: false, normalized: false }
  return {
    version: '1.0',
    added_tokens: [
      { id: 0, content: '<|end|>', special: true, ...added },
      { id: tokens.length - 1, content: '<tab>', special: false, ...added },
    ],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.slice(0, -1).map((token, id) => [token, id])),
      merges,
    },
  }
}

/** Tensors as a Hugging Face file names them. */
export function safetensorsOf(config: LlamaConfig, weights = smallWeights(config)): TensorToWrite[] {
  return [...tensorDims(config)].map(([name, dims]) => ({
    name: huggingFaceName(name),
    type: 'F32',
    dims,
    data: weights.get(name) ?? new Float32Array(),
  }))
}

/** Writes the model as a Hugging Face folder. `changes` replace members of config.json and tokenizer.json. */
export async function writeFolder(
  folder: string,
  {
    config = SMALL_CONFIG,
    json = {},
    tokenizer = {},
  }: { config?: LlamaConfig; json?: object; tokenizer?: object } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...configJson(config), ...json }))
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify({ ...tokenizerJson(), ...tokenizer }))
  await writeSafetensors(join(folder, 'model.safetensors'), safetensorsOf(config), { format: 'pt' })
}

/** The model as llama.cpp's converter writes it: rotary pairs side by side in query and key. */
export function smallGguf(config = SMALL_CONFIG): WriteGgufParameters & { metadata: Record<string, TypedValue> } {
  const { tokens, merges } = smallTokenizer()
  const texts = (list: readonly string[]): TypedValue => ['list', 'text', list.map((text) => ['text', text] as const)]
  const weights = smallWeights(config)
  return {
    metadata: {
      ...llamaMetadata(config, 'small'),
      'tokenizer.ggml.model': ['text', 'gpt2'],
      'tokenizer.ggml.pre': ['text', 'gpt-2'],
      'tokenizer.ggml.tokens': texts(padded(tokens, config.vocab)),
      'tokenizer.ggml.token_type': [
        'list',
        'i32',
        padded(tokens, config.vocab).map((token, id) => ['i32', kindOf(token, id, tokens.length)] as const),
      ],
      'tokenizer.ggml.merges': texts(merges.map((pair) => pair.join(' '))),
      'tokenizer.ggml.eos_token_id': ['u32', 0],
    },
    tensors: [...tensorDims(config)].map(([name, dims]) => {
      let data = weights.get(name) ?? new Float32Array()
      if (name.endsWith('.query')) data = permute(data, config.heads, config.headDim)
      if (name.endsWith('.key')) data = permute(data, config.kvHeads, config.headDim)
      return { name: ggufName(name), type: 0, dims, data: new Uint8Array(data.buffer) }
    }),
  }
}

/** Ids up to the model's vocabulary, the unused ones named as converters name them. */
function padded(tokens: readonly string[], size: number): string[] {
  return Array.from({ length: size }, (_, id) => tokens[id] ?? `[PAD${id}]`)
}

function kindOf(token: string, id: number, count: number): number {
  if (id >= count) return 5
  return token === '<|end|>' ? 3 : token === '<tab>' ? 4 : 1
}

/** Row j of the first half of a head goes to 2j, row j of the second to 2j + 1. */
function permute(rows: Float32Array, heads: number, headDim: number): Float32Array {
  const columns = rows.length / (heads * headDim)
  const out: number[] = []
  for (let head = 0; head < heads; head += 1) {
    for (let j = 0; j < headDim / 2; j += 1) {
      for (const half of [0, 1]) {
        const row = head * headDim + half * (headDim / 2) + j
        out.push(...rows.subarray(row * columns, (row + 1) * columns))
      }
    }
  }
  return Float32Array.from(out)
}
