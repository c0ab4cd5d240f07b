import type { Tokenizer } from '../../text/tokenizer.ts'
import { fieldsOf } from '../fields.ts'
import { byteLevelFromGguf } from './gguf/byteLevelFromGguf.ts'
import { PREFIX, refuser } from './gguf/parts.ts'
import { piecesFromGguf } from './gguf/piecesFromGguf.ts'

/**
 * Tokenizer of a GGUF file, and the ids that end a text: byte-level BPE (`tokenizer.ggml.model` gpt2) or BPE over pieces (llama). The others are
 * refused by name.
 */
export function fromGgufMetadata(
  metadata: ReadonlyMap<string, unknown>,
  file: string,
): { tokenizer: Tokenizer; ends: readonly number[] } {
  const ours = [...metadata].filter(([key]) => key.startsWith(PREFIX))
  const fields = fieldsOf(
    Object.fromEntries(ours.map(([key, value]) => [key.slice(PREFIX.length), value])),
    file,
    PREFIX,
  )
  const refuse = refuser(file)
  const model = fields.text('model')
  if (model !== 'gpt2' && model !== 'llama') refuse(`a tokenizer of type "${model}"`, 'model')
  if (fields.flag('add_eos_token', false)) refuse('tokens after every text', 'add_eos_token')
  const tokenizer = model === 'llama' ? piecesFromGguf(fields, file) : byteLevelFromGguf(fields, file)
  const ends = ['eos_token_id', 'eot_token_id', 'eom_token_id'].flatMap((key) =>
    fields.has(key) ? [fields.whole(key)] : [],
  )
  return { tokenizer, ends: [...new Set(ends)] }
}
