import { access, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SAMPLE_TEXT } from '../text/testing/smallBpe.ts'
import { piecesOf, trainPieces } from '../text/testing/smallPieces.ts'
import type { LlamaCheckpoint } from './llama.ts'
import { openCheckpoint } from './openCheckpoint.ts'
import { readSafetensors } from './safetensors/readSafetensors.ts'
import { writeSafetensors } from './safetensors/writeSafetensors.ts'
import { pieceGgufMetadata, pieceModelBytes, pieceTokenizerJson } from './testing/pieceFiles.ts'
import {
  SMALL_CONFIG,
  safetensorsOf,
  smallGguf,
  smallWeights,
  tokenizerJson,
  writeFolder,
} from './testing/smallLlama.ts'
import { temporaryFolder } from './testing/temporaryFolder.ts'
import { type TypedValue, writeGguf } from './testing/writeGguf.ts'
import { LLAMA3_REGEX } from './tokenizers/json/byteLevelFromJson.ts'

async function gguf(config = SMALL_CONFIG, metadata: Record<string, TypedValue> = {}): Promise<string> {
  const path = join(await temporaryFolder(), 'small.gguf')
  const parameters = smallGguf(config)
  await writeGguf(path, { ...parameters, metadata: { ...parameters.metadata, ...metadata } })
  return path
}

async function folder(options: Parameters<typeof writeFolder>[1] = {}): Promise<string> {
  const path = await temporaryFolder()
  await writeFolder(path, options)
  return path
}

async function expectSmall(checkpoint: LlamaCheckpoint, config = SMALL_CONFIG): Promise<void> {
  expect(checkpoint.config).toEqual(config)
  expect(checkpoint.ends).toEqual([0])
  for (const [name, data] of smallWeights(config)) {
    expect(checkpoint.names).toContain(name)
    expect((await checkpoint.tensor(name)).data, name).toEqual(data)
  }
  expect(checkpoint.names.length).toBe(smallWeights(config).size)
}

describe('the same model', () => {
  test.each([false, true])(
    'in a folder, in shards and as GGUF gives the same weights and config; tied: %s',
    async (tied) => {
      const config = { ...SMALL_CONFIG, tied }
      await using whole = await openCheckpoint(await folder({ config }))
      await expectSmall(whole, config)
      await using other = await openCheckpoint(await gguf(config))
      await expectSmall(other, config)

      const sharded = await folder({ config })
      await rm(join(sharded, 'model.safetensors'))
      const tensors = safetensorsOf(config)
      const map: Record<string, string> = {}
      for (const [part, all] of [tensors.slice(0, 9), tensors.slice(9)].entries()) {
        const file = `model-0000${part + 1}-of-00002.safetensors`
        await writeSafetensors(join(sharded, file), all)
        for (const { name } of all) map[name] = file
      }
      await writeFile(join(sharded, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: map }))
      await using shards = await openCheckpoint(sharded)
      await expectSmall(shards, config)
    },
  )

  test('is read as far as its window of attention', async () => {
    await using one = await openCheckpoint(await folder({ json: { model_type: 'mistral', sliding_window: 40 } }))
    await using two = await openCheckpoint(await gguf(SMALL_CONFIG, { 'llama.attention.sliding_window': ['u32', 40] }))
    expect([one.config.context, two.config.context]).toEqual([40, 40])
    await using wide = await openCheckpoint(await folder({ json: { model_type: 'mistral', sliding_window: 4096 } }))
    expect(wide.config.context).toBe(SMALL_CONFIG.context)
  })

  test('reads text alike, added tokens included', async () => {
    await using one = await openCheckpoint(await folder())
    await using two = await openCheckpoint(await gguf())
    expect(two.tokenizer.specials).toEqual(one.tokenizer.specials)
    const text = fc.array(
      fc.oneof(fc.constantFrom('<tab>', '<|end|>', ' the', "they'll"), fc.string({ unit: 'grapheme' })),
    )
    fc.assert(
      fc.property(text, fc.boolean(), (parts, specials) => {
        expect(two.tokenizer.encode(parts.join(''), { specials })).toEqual(
          one.tokenizer.encode(parts.join(''), { specials }),
        )
      }),
    )
    expect([...one.tokenizer.encode('<|end|>', { specials: true })]).toEqual([0])
    expect(one.tokenizer.encode('<|end|>').length).toBeGreaterThan(1)
  })
})

describe('a folder is refused that', () => {
  const refuses = async (options: Parameters<typeof writeFolder>[1], why: string) => {
    await expect(folder(options).then(openCheckpoint)).rejects.toThrow(why)
  }
  const rope = (type: string) => ({ rope_scaling: { rope_type: type, factor: 8 } })
  test.each([
    ['is of another architecture', { model_type: 'qwen3' }, 'the architecture "qwen3" (in model_type)'],
    ['scales its rotation', rope('llama3'), 'the rope scaling "llama3" (in rope_scaling)'],
    ['has biases', { attention_bias: true }, 'biases (in attention_bias)'],
    ['looks at chunks', { attention_chunk_size: 8192 }, 'attention to a window (in attention_chunk_size)'],
    ['has experts', { num_local_experts: 8 }, 'a mixture of experts (in num_local_experts)'],
    ['has another activation', { hidden_act: 'gelu' }, 'the activation "gelu" (in hidden_act)'],
    ['is quantised', { quantization_config: { bits: 4 } }, 'quantised weights (in quantization_config)'],
    ['has sizes of zero', { num_key_value_heads: 0 }, 'its kvHeads size would be 0'],
    ['has endless layers', { num_hidden_layers: 2 ** 50 }, 'it would have 1125899906842624 layers'],
    ['shares heads unevenly', { num_key_value_heads: 4 }, "its 6 heads can't share 4 key/value heads evenly"],
    ['has odd heads', { head_dim: 7 }, "7 channels, which can't be rotated in pairs"],
    ['has no number where one is needed', { hidden_size: '48' }, '"hidden_size" is not a whole number'],
    [
      'has another width than its weights',
      { intermediate_size: 41 },
      '"model.layers.0.mlp.gate_proj.weight" is 40 × 48, by the config it would be 41 × 48',
    ],
    ['lacks layers', { num_hidden_layers: 3 }, 'the tensor "model.layers.2.input_layernorm.weight" is missing'],
    ['has layers left over', { num_hidden_layers: 1 }, 'the tensor "model.layers.1.input_layernorm.weight" (no part'],
    ['ends with an id that is none', { eos_token_id: [0, 5000] }, 'the end of text would be 5000'],
  ])('%s', (_, json, why) => refuses({ json }, why))

  test('has fewer rows than ids', () =>
    refuses({ config: { ...SMALL_CONFIG, vocab: 100 } }, 'the tokenizer has ids up to 317, the model 100 rows'))

  const split = (pattern: object, more: object = {}) => ({
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern, behavior: 'Isolated', invert: false, ...more },
        { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
      ],
    },
  })
  const model = (more: object) => ({ model: { ...(tokenizerJson().model as object), ...more } })
  const token = (more: object) => ({ added_tokens: [{ id: 0, content: '<|end|>', special: true, ...more }] })
  test.each([
    ['normalises', { normalizer: { type: 'NFC' } }, 'the normalizer "NFC"'],
    ['is no BPE', { model: { type: 'Unigram' } }, 'a tokenizer of type "Unigram"'],
    ['drops merges', model({ dropout: 0.1 }), 'merges that are dropped at random'],
    ['falls back to bytes from bytes', model({ byte_fallback: true }), 'the pre-tokenizer "ByteLevel"'],
    ['marks ends of words', model({ end_of_word_suffix: '</w>' }), 'marks inside words (end_of_word_suffix)'],
    ['splits by another pattern', split({ Regex: '\\w+' }), 'the pattern "\\\\w+" (in pre_tokenizer)'],
    [
      'splits by merging',
      split({ Regex: LLAMA3_REGEX }, { behavior: 'Removed' }),
      'a split whose behavior is "Removed"',
    ],
    ['splits elsewhere', { pre_tokenizer: { type: 'Metaspace' } }, 'the pre-tokenizer "Metaspace"'],
    ['adds a blank', { pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } }, 'a blank before every text'],
    ['does not split', { pre_tokenizer: null }, 'a tokenizer without pre-tokenizer'],
    ['decodes otherwise', { decoder: { type: 'WordPiece' } }, 'the decoder "WordPiece"'],
    ['has tokens that take blanks', token({ lstrip: true }), 'the token "<|end|>" with lstrip'],
    ['has a token of another id', token({ id: 3 }), 'the id 3 has two tokens'],
    ['has a token far away', token({ id: 10_000_000 }), 'far past all others'],
    ['merges what is not there', model({ merges: ['a zzz'] }), 'merge 0 is not of two tokens'],
    [
      'has words instead of bytes',
      { ...model({ vocab: { 'a b': 1 } }), ...token({}) },
      'the token "a b" is not written in bytes',
    ],
    ['ends texts with a token', { post_processor: { type: 'BertProcessing' } }, 'the post-processor "BertProcessing"'],
  ])('%s, in its tokenizer', (_, tokenizer, why) => refuses({ tokenizer }, why))

  test('lacks a file, or has weights in a file that could run code', async () => {
    const path = await folder()
    await rm(join(path, 'model.safetensors'))
    await expect(openCheckpoint(path)).rejects.toThrow("model.safetensors can't be read: there is no such file")
    await writeFile(join(path, 'pytorch_model.bin'), '')
    await expect(openCheckpoint(path)).rejects.toThrow('weights as a Python pickle')
    await rm(join(path, 'config.json'))
    await expect(openCheckpoint(path)).rejects.toThrow("config.json can't be read: there is no such file")
    await expect(openCheckpoint(join(path, 'none'))).rejects.toThrow(
      "none can't be read: there is no such file or folder",
    )
  })

  test.each([
    ['reaches outside it', { a: '../model.safetensors' }, 'it names the file "../model.safetensors"'],
    [
      'names what is not there',
      { a: 'part.safetensors', b: 'part.safetensors' },
      '"b" is not in it, as model.safetensors.index.json says',
    ],
    ['leaves out what is there', {}, 'is missing'],
  ])('has an index that %s', async (_, map, why) => {
    const path = await folder()
    await rm(join(path, 'model.safetensors'))
    await writeSafetensors(join(path, 'part.safetensors'), [
      { name: 'a', type: 'F32', dims: [0], data: new Uint8Array() },
    ])
    await writeFile(join(path, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }))
    await expect(openCheckpoint(path)).rejects.toThrow(why)
  })

  test('has a weight that is no number, when that is read', async () => {
    const path = await folder()
    const weights = smallWeights(SMALL_CONFIG)
    weights.get('norm')?.fill(Number.NaN, 3, 4)
    await writeSafetensors(join(path, 'model.safetensors'), safetensorsOf(SMALL_CONFIG, weights))
    await using checkpoint = await openCheckpoint(path)
    await expect(checkpoint.tensor('norm')).rejects.toThrow('"norm" has a weight that is no number')
    await expect(checkpoint.tensor('model.norm.weight')).rejects.toThrow('there is no tensor "model.norm.weight"')
  })
})

describe('a GGUF file is refused that', () => {
  test.each([
    [
      'is of another architecture',
      { 'general.architecture': ['text', 'qwen2'] },
      'the architecture "qwen2" (in general.architecture)',
    ],
    ['is a part of a model', { 'split.count': ['u16', 2] }, 'weights split over several files'],
    ['has experts', { 'llama.expert_count': ['u32', 8] }, 'a mixture of experts'],
    ['scales its rotation', { 'llama.rope.scaling.type': ['text', 'yarn'] }, 'the rope scaling "yarn"'],
    ['rotates a part of a head', { 'llama.rope.dimension_count': ['u32', 4] }, 'rotation of a part of each head'],
    ['has no scores', { 'tokenizer.ggml.model': ['text', 'llama'] }, '"tokenizer.ggml.scores" is missing'],
    ['does not say how texts are cut', { 'tokenizer.ggml.pre': ['text', 'default'] }, 'the pre-tokenizer "default"'],
    [
      'has fewer kinds than tokens',
      { 'tokenizer.ggml.token_type': ['list', 'i32', []] },
      '320 tokens and 0 kinds of them',
    ],
    [
      'merges numbers',
      { 'tokenizer.ggml.merges': ['list', 'u8', [['u8', 1]]] },
      '"tokenizer.ggml.merges" is not a list of texts',
    ],
    [
      'begins with no id',
      { 'tokenizer.ggml.add_bos_token': ['bool', true] },
      '"tokenizer.ggml.bos_token_id" is missing',
    ],
    ['has other dims', { 'llama.embedding_length': ['u32', 49] }, 'by the config it would be'],
  ] as const)('%s', async (_, metadata, why) => {
    await expect(gguf(SMALL_CONFIG, metadata).then(openCheckpoint)).rejects.toThrow(why)
  })
})

describe('tokenizers of other models', () => {
  const byteLevel = (use_regex: boolean) => ({ type: 'ByteLevel', add_prefix_space: false, use_regex })
  const sequence = (...pretokenizers: object[]) => ({ pre_tokenizer: { type: 'Sequence', pretokenizers } })

  test('Llama 3: its pattern, and its first token before texts', async () => {
    const path = await folder({
      tokenizer: {
        ...sequence(
          { type: 'Split', pattern: { Regex: LLAMA3_REGEX }, behavior: 'Isolated', invert: false },
          byteLevel(false),
        ),
        post_processor: {
          type: 'Sequence',
          processors: [
            { type: 'ByteLevel', trim_offsets: false },
            {
              type: 'TemplateProcessing',
              single: [{ SpecialToken: { id: '<|end|>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
            },
          ],
        },
      },
    })
    await using checkpoint = await openCheckpoint(path)
    expect(checkpoint.tokenizer.begin).toEqual([0])
    await using same = await openCheckpoint(
      await gguf(SMALL_CONFIG, {
        'tokenizer.ggml.pre': ['text', 'llama-bpe'],
        'tokenizer.ggml.bos_token_id': ['u32', 0],
      }),
    )
    expect(same.tokenizer.begin).toEqual([0])
    for (const text of ['12345 6', "THEY'LL\n\n the", ' \t x']) {
      expect(same.tokenizer.encode(text)).toEqual(checkpoint.tokenizer.encode(text))
    }
  })

  test('Llama 2 and Mistral: pieces, in a folder with either file, and as GGUF', async () => {
    const table = piecesOf(trainPieces(SAMPLE_TEXT, 20).slice(0, 60))
    const json = await folder({ tokenizer: pieceTokenizerJson(table) })
    const alone = await folder()
    await rm(join(alone, 'tokenizer.json'))
    await writeFile(join(alone, 'tokenizer.model'), pieceModelBytes(table))
    const file = await gguf(SMALL_CONFIG, {
      ...pieceGgufMetadata(table, { size: SMALL_CONFIG.vocab }),
      'tokenizer.ggml.eos_token_id': ['u32', 2],
    })
    const text = ' naïve  the é🎉'
    const read: number[][] = []
    for (const path of [json, alone, file]) {
      await using checkpoint = await openCheckpoint(path)
      const ids = checkpoint.tokenizer.encode(text)
      expect(new TextDecoder().decode(checkpoint.tokenizer.decode(ids))).toBe(text)
      read.push([...checkpoint.tokenizer.begin, ...ids])
    }
    expect(read[0]?.[0]).toBe(1)
    expect(read).toEqual([read[0], read[0], read[0]])
  })

  test('SmolLM: every digit by itself', async () => {
    const path = await folder({ tokenizer: sequence({ type: 'Digits', individual_digits: true }, byteLevel(true)) })
    await using checkpoint = await openCheckpoint(path)
    await using same = await openCheckpoint(await gguf(SMALL_CONFIG, { 'tokenizer.ggml.pre': ['text', 'smollm'] }))
    for (const text of ['12345 6', 'the  1 the']) {
      expect(same.tokenizer.encode(text)).toEqual(checkpoint.tokenizer.encode(text))
    }
  })
})

const scribe = new URL('../../../../models/stoa-scribe/', import.meta.url)
const hasScribe = await access(scribe).then(
  () => true,
  () => false,
)

describe.runIf(hasScribe)('stoa-scribe', () => {
  test('opens, and its tokenizer reads the prompts as the one that it was trained with', async () => {
    await using checkpoint = await openCheckpoint(scribe.pathname)
    const { prompts } = JSON.parse(await readFile(new URL('reference.json', scribe), 'utf8')) as {
      prompts: { prompt: string; ids: number[] }[]
    }
    expect(prompts.length).toBeGreaterThan(0)
    for (const { prompt, ids } of prompts) {
      // The reference begins each text with the end of the one before.
      expect([checkpoint.ends[0], ...checkpoint.tokenizer.encode(prompt)]).toEqual(ids)
      expect(new TextDecoder().decode(checkpoint.tokenizer.decode(ids))).toBe(prompt)
    }
    await using file = await readSafetensors(new URL('model.safetensors', scribe).pathname)
    const { dims, data } = await checkpoint.tensor('layers.5.key')
    expect(dims).toEqual([checkpoint.config.kvHeads * checkpoint.config.headDim, checkpoint.config.hidden])
    expect(data).toEqual(await file.floats('model.layers.5.self_attn.k_proj.weight'))
  })
})
