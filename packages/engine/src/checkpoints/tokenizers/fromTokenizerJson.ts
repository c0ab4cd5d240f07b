import type { Tokenizer } from '../../text/tokenizer.ts'
import { fieldsOf } from '../fields.ts'
import { byteLevelFromJson } from './json/byteLevelFromJson.ts'
import { refuser, typeOf } from './json/parts.ts'
import { piecesFromJson } from './json/piecesFromJson.ts'

/**
 * Tokenizer of a tokenizer.json of Hugging Face's tokenizers library: byte-level BPE, or BPE over pieces that falls back to bytes, as
 * specs/text.md defines them. What else such a file can ask for is refused by name.
 *
 * @see https://huggingface.co/docs/tokenizers
 */
export function fromTokenizerJson(json: unknown, file: string): Tokenizer {
  const fields = fieldsOf(json, file)
  const refuse = refuser(file)
  const model = fields.fields('model')
  if (typeOf(model) !== 'BPE') refuse(`a tokenizer of type "${typeOf(model)}"`)
  if (model.has('dropout')) refuse('merges that are dropped at random')
  for (const key of ['continuing_subword_prefix', 'end_of_word_suffix']) {
    if (model.text(key, '') !== '') refuse(`marks inside words (${key})`)
  }
  return model.flag('byte_fallback', false) ? piecesFromJson(fields, file) : byteLevelFromJson(fields, file)
}
