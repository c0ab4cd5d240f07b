import { join } from 'node:path'
import { bindTensors } from '../bindTensors.ts'
import { fileExists, readSmallFile } from '../byteFile.ts'
import { checkpointOf } from '../checkpointOf.ts'
import { InvalidCheckpointError } from '../errors.ts'
import { fieldsOf } from '../fields.ts'
import type { LlamaCheckpoint } from '../llama.ts'
import { parseJson } from '../parseJson.ts'
import { openTokenizer } from './openTokenizer.ts'
import { openWeights } from './openWeights.ts'
import { parseConfig, readEnds } from './parseConfig.ts'

/** Says, where it is there, which ids end an answer; config.json may know fewer. */
const GENERATION = 'generation_config.json'
const MAX_CONFIG_BYTES = 2 ** 20

/** Opens a folder as Hugging Face's libraries save it: config.json, tokenizer.json or tokenizer.model, and weights as safetensors. */
export async function openFolder(folder: string): Promise<LlamaCheckpoint> {
  const read = async (name: string, most: number) => parseJson(await readSmallFile(join(folder, name), most), name)
  const { config, ends } = parseConfig(await read('config.json', MAX_CONFIG_BYTES), 'config.json')
  const generationEnds = (await fileExists(join(folder, GENERATION)))
    ? readEnds(fieldsOf(await read(GENERATION, MAX_CONFIG_BYTES), GENERATION), GENERATION)
    : []
  const tokenizer = await openTokenizer(folder)
  const weights = await openWeights(folder)
  try {
    const bound = bindTensors({
      config,
      have: weights.dims,
      foreignName: huggingFaceName,
      isRedundant: (name) => name.endsWith('.self_attn.rotary_emb.inv_freq') || (config.tied && name === HEAD),
      file: 'The folder',
    })
    return checkpointOf({
      format: 'huggingface',
      config,
      tokenizer,
      ends: generationEnds.length > 0 ? generationEnds : ends,
      file: 'config.json',
      floats: async (name) => {
        const foreign = bound.get(name)
        if (foreign === undefined) throw new InvalidCheckpointError('The folder', `it has no tensor "${name}"`)
        return weights.floats(foreign)
      },
      close: () => weights.close(),
    })
  } catch (error) {
    await weights.close()
    throw error
  }
}

const HEAD = 'lm_head.weight'

const OUTSIDE: Readonly<Record<string, string>> = {
  embedding: 'model.embed_tokens',
  norm: 'model.norm',
  head: 'lm_head',
}
const INSIDE: Readonly<Record<string, string>> = {
  attentionNorm: 'input_layernorm',
  query: 'self_attn.q_proj',
  key: 'self_attn.k_proj',
  value: 'self_attn.v_proj',
  output: 'self_attn.o_proj',
  feedForwardNorm: 'post_attention_layernorm',
  gate: 'mlp.gate_proj',
  up: 'mlp.up_proj',
  down: 'mlp.down_proj',
}

/** Name of a tensor in a Llama of the transformers library. */
export function huggingFaceName(name: string): string {
  const [, layer, part = ''] = /^layers\.(\d+)\.(\w+)$/.exec(name) ?? []
  return layer === undefined ? `${OUTSIDE[name]}.weight` : `model.layers.${layer}.${INSIDE[part]}.weight`
}
