import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ggufName } from '../../../checkpoints/gguf/openGguf.ts'
import { tensorDims } from '../../../checkpoints/llama.ts'
import { openCheckpoint } from '../../../checkpoints/openCheckpoint.ts'
import { llamaMetadata } from '../../../checkpoints/testing/llamaMetadata.ts'
import { type TypedValue, writeGguf } from '../../../checkpoints/testing/writeGguf.ts'

const SCRIBE = fileURLToPath(new URL('../../../../../../models/stoa-scribe', import.meta.url))

/** Words around what is said, as a chat template of a GGUF file has them. */
const TEMPLATE =
  "{% for m in messages %}{% if m['role'] == 'assistant' %}A: {{ m['content'] }}<|end|>{% else %}Q: {{ m['content'] }}\n{% endif %}{% endfor %}{% if add_generation_prompt %}A:{% endif %}"

/** Writes Stoa's own language model as a GGUF file of float32, as llama.cpp reads it. */
export async function writeScribeGguf(path: string): Promise<void> {
  await using checkpoint = await openCheckpoint(SCRIBE)
  const { config } = checkpoint
  const { model } = JSON.parse(await readFile(`${SCRIBE}/tokenizer.json`, 'utf8')) as {
    model: { vocab: Record<string, number>; merges: string[] }
  }
  const names: string[] = []
  for (const [token, id] of Object.entries(model.vocab)) names[id] = token
  const tokens = Array.from({ length: config.vocab }, (_, id) => names[id] ?? `[PAD${id}]`)
  const texts = (list: readonly string[]): TypedValue => ['list', 'text', list.map((text) => ['text', text] as const)]
  const tensors = await Promise.all(
    [...tensorDims(config)].map(async ([name, dims]) => {
      const { data } = await checkpoint.tensor(name)
      const heads = name.endsWith('.query') ? config.heads : name.endsWith('.key') ? config.kvHeads : 0
      const rows = heads > 0 ? interleaved(data, heads, config.headDim) : new Float32Array(data)
      return { name: ggufName(name), type: 0, dims, data: new Uint8Array(rows.buffer) }
    }),
  )
  await writeGguf(path, {
    tensors,
    metadata: {
      ...llamaMetadata(config, 'stoa-scribe'),
      'tokenizer.ggml.model': ['text', 'gpt2'],
      'tokenizer.ggml.pre': ['text', 'gpt-2'],
      'tokenizer.ggml.tokens': texts(tokens),
      'tokenizer.ggml.token_type': [
        'list',
        'i32',
        tokens.map((token) => ['i32', token === '<|end|>' ? 3 : 1] as const),
      ],
      'tokenizer.ggml.merges': texts(model.merges),
      'tokenizer.ggml.bos_token_id': ['u32', 0],
      'tokenizer.ggml.eos_token_id': ['u32', 0],
      'tokenizer.ggml.add_bos_token': ['bool', true],
      'tokenizer.chat_template': ['text', TEMPLATE],
    },
  })
}

/** Rotary pairs side by side: row j of the first half of a head goes to 2j, row j of the second to 2j + 1. */
function interleaved(rows: ArrayLike<number>, heads: number, headDim: number): Float32Array {
  const columns = rows.length / (heads * headDim)
  const out = new Float32Array(rows.length)
  for (let head = 0; head < heads; head += 1)
    for (let j = 0; j < headDim; j += 1) {
      const half = j < headDim / 2 ? 2 * j : 2 * (j - headDim / 2) + 1
      for (let c = 0; c < columns; c += 1)
        out[(head * headDim + half) * columns + c] = rows[(head * headDim + j) * columns + c] ?? 0
    }
  return out
}
