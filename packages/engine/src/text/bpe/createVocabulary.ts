import { InvalidTokenizerError } from '../errors.ts'
import type { AddedToken, Tokenizer } from '../tokenizer.ts'
import { createDecoder } from './createDecoder.ts'
import { MAX_TOKENS } from './mergeTable.ts'

/** Tokens by id and by bytes. */
export type Vocabulary = {
  readonly size: number
  readonly specials: ReadonlyMap<string, number>
  /** Id of the token with these bytes; added tokens are not among them. */
  idOf(bytes: Uint8Array): number | undefined
  readonly decode: Tokenizer['decode']
}

export type VocabularyParameters = {
  vocab: readonly (Uint8Array | undefined)[]
  added: readonly AddedToken[]
  begin: readonly number[]
}

/** Checks that no id, no token's bytes and no added token's content is there twice, and that every id has at most one meaning. */
export function createVocabulary({ vocab, added, begin }: VocabularyParameters): Vocabulary {
  const size = added.reduce((most, { id }) => Math.max(most, id + 1), vocab.length)
  if (size > MAX_TOKENS) throw new InvalidTokenizerError(`it has ids up to ${size - 1}; ${MAX_TOKENS} is the limit`)
  const ids = new Map<string, number>()
  for (const [id, bytes] of vocab.entries()) {
    if (!bytes) continue
    if (bytes.length === 0) throw new InvalidTokenizerError(`token ${id} is empty`)
    const key = bytesKey(bytes)
    const other = ids.get(key)
    if (other !== undefined) throw new InvalidTokenizerError(`tokens ${other} and ${id} are the same`)
    ids.set(key, id)
  }
  const addedBytes = readAdded(added, vocab)
  for (const id of begin) {
    if (!(vocab[id] ?? addedBytes.get(id)))
      throw new InvalidTokenizerError(`the first id of texts, ${id}, has no token`)
  }
  const specialIds = new Set(added.filter(({ special }) => special).map(({ id }) => id))

  return {
    size,
    specials: new Map(added.filter(({ special }) => special).map(({ content, id }) => [content, id])),
    idOf: (bytes) => ids.get(bytesKey(bytes)),
    decode: createDecoder({ size, bytesOf: (id) => addedBytes.get(id) ?? vocab[id], specials: specialIds }),
  }
}

/** Bytes as a text of as many code units, for keys and messages. */
export function bytesKey(bytes: Uint8Array): string {
  let key = ''
  for (let i = 0; i < bytes.length; i += 1) key += String.fromCharCode(bytes[i] ?? 0)
  return key
}

function readAdded(added: readonly AddedToken[], vocab: VocabularyParameters['vocab']): Map<number, Uint8Array> {
  const bytes = new Map<number, Uint8Array>()
  const contents = new Set<string>()
  for (const { id, content } of added) {
    if (!Number.isSafeInteger(id) || id < 0)
      throw new InvalidTokenizerError(`the added token "${content}" has the id ${id}`)
    if (content === '') throw new InvalidTokenizerError(`the added token ${id} is empty`)
    if (vocab[id] || bytes.has(id)) throw new InvalidTokenizerError(`the id ${id} has two tokens`)
    if (contents.has(content)) throw new InvalidTokenizerError(`the added token "${content}" is there twice`)
    bytes.set(id, new TextEncoder().encode(content))
    contents.add(content)
  }
  return bytes
}
