import { createBpe } from '../../../text/bpe/createBpe.ts'
import type { Pattern } from '../../../text/pretokenize/splitText.ts'
import type { AddedToken, Tokenizer } from '../../../text/tokenizer.ts'
import { InvalidCheckpointError } from '../../errors.ts'
import { type Fields, fieldsOf } from '../../fields.ts'
import { byteAlphabet } from '../byteAlphabet.ts'
import { type Refuse, readAdded, readBegin, readMerge, readVocab, refuser, typeOf } from './parts.ts'

/** Llama 3's pre-tokeniser, as its files write it. */
export const LLAMA3_REGEX =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

/** Byte-level BPE of a tokenizer.json, with the patterns of specs/text.md. */
export function byteLevelFromJson(fields: Fields, file: string): Tokenizer {
  const refuse = refuser(file)
  if (fields.has('normalizer')) refuse(`the normalizer "${typeOf(fields.fields('normalizer'))}"`)
  const model = fields.fields('model')
  const added = readAdded(fields, file)
  const pattern = readPattern(fields, refuse, file)
  if (fields.has('decoder') && typeOf(fields.fields('decoder')) !== 'ByteLevel') {
    refuse(`the decoder "${typeOf(fields.fields('decoder'))}"`)
  }
  const { vocab, idOf } = readBytes(readVocab(model.fields('vocab'), added, file), added, file)
  return createBpe({
    vocab,
    merges: model.list('merges').map((merge, rank) => {
      const [left, right] = readMerge(merge, rank, file).map(idOf)
      if (left === undefined || right === undefined) {
        throw new InvalidCheckpointError(file, `merge ${rank} is not of two tokens`)
      }
      return [left, right] as const
    }),
    added,
    pattern,
    wholePieces: model.flag('ignore_merges', false),
    begin: readBegin(fields, added, file),
  })
}

/** Tokens by id, with their bytes. What is an added token too is that only. */
function readBytes(tokens: ReadonlyMap<string, number>, added: readonly AddedToken[], file: string) {
  const alphabet = byteAlphabet()
  const isAdded = new Map(added.map(({ id, content }) => [id, content]))
  const vocab: (Uint8Array | undefined)[] = []
  const ids = new Map<string, number>()
  for (const [token, id] of tokens) {
    const content = isAdded.get(id)
    if (content === token) continue
    const bytes = alphabet.bytesOf(token)
    if (!bytes) throw new InvalidCheckpointError(file, `the token "${token}" is not written in bytes`)
    if (content !== undefined || vocab[id]) throw new InvalidCheckpointError(file, `the id ${id} has two tokens`)
    while (vocab.length <= id) vocab.push(undefined)
    vocab[id] = bytes
    ids.set(token, id)
  }
  return { vocab, idOf: (token: string) => ids.get(token) }
}

function readPattern(fields: Fields, refuse: Refuse, file: string): Pattern {
  if (!fields.has('pre_tokenizer')) refuse('a tokenizer without pre-tokenizer', 'this is no byte-level tokenizer')
  const top = fields.fields('pre_tokenizer')
  const steps = typeOf(top) === 'Sequence' ? top.list('pretokenizers').map((step) => fieldsOf(step, file)) : [top]
  const last = steps.at(-1)
  if (!last || typeOf(last) !== 'ByteLevel') return refuse(`the pre-tokenizer "${last ? typeOf(last) : 'none'}"`)
  if (last.flag('add_prefix_space', true)) refuse('a blank before every text', 'in add_prefix_space')
  const usesGpt2 = last.flag('use_regex', true)
  const first = steps[0]
  if (steps.length > 2 || !first) return refuse(`${steps.length} pre-tokenizers in a row`)
  if (steps.length === 1) return usesGpt2 ? 'gpt2' : 'none'
  const type = typeOf(first)
  if (type === 'Digits' && first.flag('individual_digits', false) && usesGpt2) return 'smollm'
  if (type === 'Split' && !usesGpt2) return readSplit(first, refuse)
  return refuse(`the pre-tokenizer "${type}" before "ByteLevel"`)
}

function readSplit(fields: Fields, refuse: Refuse): Pattern {
  const regex = fields.fields('pattern').text('Regex', '')
  if (fields.text('behavior') !== 'Isolated') refuse(`a split whose behavior is "${fields.text('behavior')}"`)
  // `invert` is not looked at: where every character is part of a match, both ways round give the same pieces.
  if (regex !== LLAMA3_REGEX) refuse(`the pattern ${JSON.stringify(regex)}`, 'in pre_tokenizer')
  return 'llama3'
}
