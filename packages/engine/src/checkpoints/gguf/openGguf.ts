import { bindTensors } from '../bindTensors.ts'
import { checkpointOf } from '../checkpointOf.ts'
import { InvalidCheckpointError } from '../errors.ts'
import type { LlamaCheckpoint } from '../llama.ts'
import { fromGgufMetadata } from '../tokenizers/fromGgufMetadata.ts'
import { parseGgufConfig } from './parseGgufConfig.ts'
import { readGguf } from './readGguf.ts'
import { undoPermutation } from './undoPermutation.ts'

/** Opens a Llama-like model that llama.cpp's converter wrote as one GGUF file. */
export async function openGguf(path: string): Promise<LlamaCheckpoint> {
  const file = await readGguf(path)
  try {
    const config = parseGgufConfig(file, file.name)
    const { tokenizer, ends } = fromGgufMetadata(file.metadata, file.name)
    const bound = bindTensors({
      config,
      have: new Map([...file.tensors].map(([name, { dims }]) => [name, dims])),
      foreignName: ggufName,
      isRedundant: () => false,
      file: file.name,
    })
    return checkpointOf({
      format: 'gguf',
      config,
      tokenizer,
      ends,
      file: file.name,
      floats: async (name) => {
        const foreign = bound.get(name)
        if (foreign === undefined) throw new InvalidCheckpointError(file.name, `it has no tensor "${name}"`)
        const data = await file.floats(foreign)
        if (name.endsWith('.query')) return undoPermutation(data, config.heads, config.headDim)
        if (name.endsWith('.key')) return undoPermutation(data, config.kvHeads, config.headDim)
        return data
      },
      close: () => file.close(),
    })
  } catch (error) {
    await file.close()
    throw error
  }
}

const OUTSIDE: Readonly<Record<string, string>> = { embedding: 'token_embd', norm: 'output_norm', head: 'output' }
const INSIDE: Readonly<Record<string, string>> = {
  attentionNorm: 'attn_norm',
  query: 'attn_q',
  key: 'attn_k',
  value: 'attn_v',
  output: 'attn_output',
  feedForwardNorm: 'ffn_norm',
  gate: 'ffn_gate',
  up: 'ffn_up',
  down: 'ffn_down',
}

/** Name of a tensor in a GGUF file of the architecture "llama". */
export function ggufName(name: string): string {
  const [, layer, part = ''] = /^layers\.(\d+)\.(\w+)$/.exec(name) ?? []
  return layer === undefined ? `${OUTSIDE[name]}.weight` : `blk.${layer}.${INSIDE[part]}.weight`
}
