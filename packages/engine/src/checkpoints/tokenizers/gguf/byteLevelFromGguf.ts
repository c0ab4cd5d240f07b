import { createBpe } from '../../../text/bpe/createBpe.ts'
import type { Pattern } from '../../../text/pretokenize/splitText.ts'
import type { AddedToken, Tokenizer } from '../../../text/tokenizer.ts'
import { InvalidCheckpointError } from '../../errors.ts'
import type { Fields } from '../../fields.ts'
import { byteAlphabet } from '../byteAlphabet.ts'
import { CONTROL, kindsOf, NORMAL, refuser, textsOf, UNUSED, USER_DEFINED } from './parts.ts'

/** What each pre-tokeniser of tokenizer.ggml.pre is here, and whether llama.cpp begins texts with bos unless told otherwise. */
const PATTERNS: ReadonlyMap<string, { pattern: Pattern; wholePieces: boolean; addsBegin: boolean }> = new Map([
  ['gpt-2', { pattern: 'gpt2', wholePieces: false, addsBegin: false }],
  ['llama-bpe', { pattern: 'llama3', wholePieces: true, addsBegin: true }],
  ['smollm', { pattern: 'smollm', wholePieces: false, addsBegin: false }],
])

/**
 * Byte-level BPE with a pre-tokeniser of specs/text.md (`tokenizer.ggml.model` gpt2). The others are refused by name; so is "default", under which
 * llama.cpp cuts texts as no model was trained.
 */
export function byteLevelFromGguf(fields: Fields, file: string): Tokenizer {
  const refuse = refuser(file)
  const pre = fields.text('pre', 'default')
  const rules = PATTERNS.get(pre) ?? refuse(`the pre-tokenizer "${pre}"`, 'pre')
  if (fields.flag('add_space_prefix', false)) refuse('a blank before every text', 'add_space_prefix')
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
  return createBpe({ vocab, merges, added, begin, pattern: rules.pattern, wholePieces: rules.wholePieces })
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
