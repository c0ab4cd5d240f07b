import { InvalidCheckpointError, UnsupportedCheckpointError } from '../../errors.ts'
import type { Fields } from '../../fields.ts'
import { KNOWN_TOKENIZERS } from '../knownTokenizers.ts'

/** What the keys of a GGUF file's tokenizer begin with. */
export const PREFIX = 'tokenizer.ggml.'

/** Kinds of tokens, by their numbers in tokenizer.ggml.token_type. */
export const NORMAL = 1
export const UNKNOWN = 2
export const CONTROL = 3
export const USER_DEFINED = 4
export const UNUSED = 5
export const BYTE = 6

export type Refuse = (feature: string, key: string) => never

export function refuser(file: string): Refuse {
  return (feature, key) => {
    throw new UnsupportedCheckpointError(file, feature, { why: `in ${PREFIX}${key}`, hint: KNOWN_TOKENIZERS })
  }
}

/** Kind of each token. */
export function kindsOf(fields: Fields, count: number, file: string): readonly unknown[] {
  if (!fields.has('token_type')) return Array.from({ length: count }, () => NORMAL)
  const kinds = fields.list('token_type')
  if (kinds.length !== count)
    throw new InvalidCheckpointError(file, `it has ${count} tokens and ${kinds.length} kinds of them`)
  return kinds
}

export function textsOf(fields: Fields, key: string, file: string): string[] {
  const list = fields.list(key)
  const texts = list.filter((item) => typeof item === 'string')
  if (texts.length !== list.length)
    throw new InvalidCheckpointError(file, `"${fields.path}${key}" is not a list of texts`)
  return texts
}
