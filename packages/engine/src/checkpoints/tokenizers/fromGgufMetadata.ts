import { createBpe } from '../../text/bpe/createBpe.ts'
import type { Pattern } from '../../text/pretokenize/splitText.ts'
import type { AddedToken, Tokenizer } from '../../text/tokenizer.ts'
import { InvalidCheckpointError, UnsupportedCheckpointError } from '../errors.ts'
import { type Fields, fieldsOf } from '../fields.ts'
import { byteAlphabet } from './byteAlphabet.ts'

const PREFIX = 'tokenizer.ggml.'

/** Kinds of tokens, by their numbers in tokenizer.ggml.token_type. */
const NORMAL = 1
const CONTROL = 3
const USER_DEFINED = 4
const UNUSED = 5

/** What each pre-tokeniser of tokenizer.ggml.pre is here, and whether llama.cpp begins texts with bos unless told otherwise. */
const PATTERNS: ReadonlyMap<string, { pattern: Pattern; wholePieces: boolean; addsBegin: boolean }> = new Map([
  ['gpt-2', { pattern: 'gpt2', wholePieces: false, addsBegin: false }],
  ['llama-bpe', { pattern: 'llama3', wholePieces: true, addsBegin: true }],
  ['smollm', { pattern: 'smollm', wholePieces: false, addsBegin: false }],
])

/**
 * Tokenizer of a GGUF file, and the ids that end a text: byte-level BPE (`tokenizer.ggml.model` gpt2) with a pre-tokeniser of
 * specs/text.md. The others are refused by name; so is "default", under which llama.cpp cuts texts as no model was trained.
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
  const refuse = (feature: string, key: string): never => {
    throw new UnsupportedCheckpointError(file, feature, {
      why: `in ${PREFIX}${key}`,
      hint: 'specs/text.md says which tokenizers Stoa knows: byte-level BPE as of GPT-2, Llama 3 and SmolLM.',
    })
  }
  const model = fields.text('model')
  if (model !== 'gpt2') refuse(`a tokenizer of type "${model}"`, 'model')
  const pre = fields.text('pre', 'default')
  const rules = PATTERNS.get(pre) ?? refuse(`the pre-tokenizer "${pre}"`, 'pre')
  if (fields.flag('add_space_prefix', false)) refuse('a blank before every text', 'add_space_prefix')
  if (fields.flag('add_eos_token', false)) refuse('tokens after every text', 'add_eos_token')

  const tokens = textsOf(fields, 'tokens', file)
  const { vocab, added } = readTokens(tokens, kindsOf(fields, tokens.length, file), file)
  const idOf = new Map(tokens.map((token, id) => [token, id]))
  const merges = textsOf(fields, 'merges', file).map((merge, rank) => {
    const parts = merge.split(' ')
    const [left, right] = parts.map((part) => idOf.get(part))
    if (parts.length !== 2 || left === undefined || right === undefined) {
      throw new InvalidCheckpointError(file, `merge ${rank} is not of two tokens`)
    }
    return [left, right] as const
  })
  const begin = fields.flag('add_bos_token', rules.addsBegin) ? [fields.whole('bos_token_id')] : []
  const ends = ['eos_token_id', 'eot_token_id', 'eom_token_id'].flatMap((key) =>
    fields.has(key) ? [fields.whole(key)] : [],
  )
  const tokenizer = createBpe({ vocab, merges, added, begin, pattern: rules.pattern, wholePieces: rules.wholePieces })
  return { tokenizer, ends: [...new Set(ends)] }
}

function readTokens(tokens: readonly string[], kinds: readonly unknown[], file: string) {
  const alphabet = byteAlphabet()
  const added: AddedToken[] = []
  const vocab = tokens.map((token, id) => {
    const kind = kinds[id]
    if (kind === UNUSED) return undefined
    if (kind === CONTROL || kind === USER_DEFINED) {
      added.push({ id, content: token, special: kind === CONTROL })
      return undefined
    }
    if (kind !== NORMAL) throw new InvalidCheckpointError(file, `the token "${token}" is of the kind ${kind}`)
    const bytes = alphabet.bytesOf(token)
    if (!bytes) throw new InvalidCheckpointError(file, `the token "${token}" is not written in bytes`)
    return bytes
  })
  return { vocab, added }
}

function kindsOf(fields: Fields, count: number, file: string): readonly unknown[] {
  if (!fields.has('token_type')) return Array.from({ length: count }, () => NORMAL)
  const kinds = fields.list('token_type')
  if (kinds.length !== count)
    throw new InvalidCheckpointError(file, `it has ${count} tokens and ${kinds.length} kinds of them`)
  return kinds
}

function textsOf(fields: Fields, key: string, file: string): string[] {
  const list = fields.list(key)
  const texts = list.filter((item) => typeof item === 'string')
  if (texts.length !== list.length)
    throw new InvalidCheckpointError(file, `"${fields.path}${key}" is not a list of texts`)
  return texts
}
