import { createBpe } from '../../text/bpe/createBpe.ts'
import type { Pattern } from '../../text/pretokenize/splitText.ts'
import type { AddedToken, Tokenizer } from '../../text/tokenizer.ts'
import { InvalidCheckpointError, UnsupportedCheckpointError } from '../errors.ts'
import { type Fields, fieldsOf } from '../fields.ts'
import { byteAlphabet } from './byteAlphabet.ts'

/** Llama 3's pre-tokeniser, as its files write it. */
export const LLAMA3_REGEX =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

/** The gaps in a list of ids that a file may leave: one more than the highest id is at most this many times the number of tokens. */
const MAX_SPREAD = 4

/**
 * Tokenizer of a tokenizer.json of Hugging Face's tokenizers library: byte-level BPE with the patterns of specs/text.md. What else such a file
 * can ask for is refused by name.
 *
 * @see https://huggingface.co/docs/tokenizers
 */
export function fromTokenizerJson(json: unknown, file: string): Tokenizer {
  const fields = fieldsOf(json, file)
  const refuse = refuser(file)
  if (fields.has('normalizer')) refuse(`the normalizer "${typeOf(fields.fields('normalizer'))}"`)
  const model = fields.fields('model')
  if (typeOf(model) !== 'BPE') refuse(`a tokenizer of type "${typeOf(model)}"`)
  if (model.has('dropout')) refuse('merges that are dropped at random')
  if (model.flag('byte_fallback', false)) refuse('byte fallback', 'this is no byte-level tokenizer')
  for (const key of ['continuing_subword_prefix', 'end_of_word_suffix']) {
    if (model.text(key, '') !== '') refuse(`marks inside words (${key})`)
  }
  const added = readAdded(fields, file)
  const pattern = readPattern(fields, file)
  checkDecoder(fields, file)
  const { vocab, idOf } = readVocab(model.fields('vocab'), added, file)
  return createBpe({
    vocab,
    merges: model.list('merges').map((merge, rank) => readMerge(merge, rank, idOf, file)),
    added,
    pattern,
    wholePieces: model.flag('ignore_merges', false),
    begin: fields.has('post_processor') ? readBegin(fields.fields('post_processor'), added, file) : [],
  })
}

type Refuse = (feature: string, why?: string) => never

function refuser(file: string): Refuse {
  return (feature, why) => {
    throw new UnsupportedCheckpointError(file, feature, {
      ...(why === undefined ? {} : { why }),
      hint: 'specs/text.md says which tokenizers Stoa knows: byte-level BPE as of GPT-2, Llama 3 and SmolLM.',
    })
  }
}

function typeOf(fields: Fields): string {
  return fields.text('type', 'none')
}

function readAdded(fields: Fields, file: string): AddedToken[] {
  if (!fields.has('added_tokens')) return []
  return fields.list('added_tokens').map((item, i) => {
    const token = fieldsOf(item, file, `added_tokens[${i}].`)
    const content = token.text('content')
    for (const key of ['single_word', 'lstrip', 'rstrip']) {
      if (token.flag(key, false)) refuser(file)(`the token "${content}" with ${key}`)
    }
    return { id: token.whole('id'), content, special: token.flag('special', false) }
  })
}

/** Tokens by id, with their bytes. What is an added token too is that only. */
function readVocab(fields: Fields, added: readonly AddedToken[], file: string) {
  const alphabet = byteAlphabet()
  const isAdded = new Map(added.map(({ id, content }) => [id, content]))
  const vocab: (Uint8Array | undefined)[] = []
  const ids = new Map<string, number>()
  const most = (fields.keys.length + added.length) * MAX_SPREAD
  for (const token of fields.keys) {
    const id = fields.whole(token)
    if (id >= most) throw new InvalidCheckpointError(file, `the token "${token}" has the id ${id}, far past all others`)
    const content = isAdded.get(id)
    if (content === token) continue
    const bytes = alphabet.bytesOf(token)
    if (!bytes) throw new InvalidCheckpointError(file, `the token "${token}" is not written in bytes`)
    if (content !== undefined || vocab[id]) throw new InvalidCheckpointError(file, `the id ${id} has two tokens`)
    while (vocab.length <= id) vocab.push(undefined)
    vocab[id] = bytes
    ids.set(token, id)
  }
  const far = added.find(({ id }) => id >= most)
  if (far)
    throw new InvalidCheckpointError(file, `the token "${far.content}" has the id ${far.id}, far past all others`)
  return { vocab, idOf: (token: string) => ids.get(token) }
}

/** `"a b"`, or `["a", "b"]` in newer files. */
function readMerge(merge: unknown, rank: number, idOf: (token: string) => number | undefined, file: string) {
  const parts: unknown[] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : []
  const [left, right] = parts.map((part) => (typeof part === 'string' ? idOf(part) : undefined))
  if (parts.length !== 2 || left === undefined || right === undefined) {
    throw new InvalidCheckpointError(file, `merge ${rank} is not of two tokens`)
  }
  return [left, right] as const
}

function readPattern(fields: Fields, file: string): Pattern {
  const refuse = refuser(file)
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

/** Ids that stand before a text, from a template such as `<|begin_of_text|> $A`. */
function readBegin(fields: Fields, added: readonly AddedToken[], file: string): number[] {
  const type = typeOf(fields)
  if (type === 'ByteLevel') return []
  if (type === 'Sequence') {
    return fields.list('processors').flatMap((step) => readBegin(fieldsOf(step, file), added, file))
  }
  if (type !== 'TemplateProcessing') refuser(file)(`the post-processor "${type}"`)
  const parts = fields.list('single').map((part) => fieldsOf(part, file, 'post_processor.single.'))
  const last = parts.pop()
  if (!last?.has('Sequence') || parts.some((part) => !part.has('SpecialToken')))
    refuser(file)('tokens after every text')
  return parts.map((part) => {
    const content = part.fields('SpecialToken').text('id')
    const token = added.find((other) => other.content === content)
    if (!token) throw new InvalidCheckpointError(file, `its template names "${content}", which is no token`)
    return token.id
  })
}

function checkDecoder(fields: Fields, file: string): void {
  if (!fields.has('decoder')) return
  const type = typeOf(fields.fields('decoder'))
  if (type !== 'ByteLevel') refuser(file)(`the decoder "${type}"`)
}
