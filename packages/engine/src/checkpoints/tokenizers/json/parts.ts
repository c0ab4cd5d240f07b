import type { AddedToken } from '../../../text/tokenizer.ts'
import { InvalidCheckpointError, UnsupportedCheckpointError } from '../../errors.ts'
import { type Fields, fieldsOf } from '../../fields.ts'
import { KNOWN_TOKENIZERS } from '../knownTokenizers.ts'

/** The gaps in a list of ids that a file may leave: one more than the highest id is at most this many times the number of tokens. */
const MAX_SPREAD = 4

export type Refuse = (feature: string, why?: string) => never

export function refuser(file: string): Refuse {
  return (feature, why) => {
    throw new UnsupportedCheckpointError(file, feature, {
      ...(why === undefined ? {} : { why }),
      hint: KNOWN_TOKENIZERS,
    })
  }
}

/** What a part of the file is; "none" where it does not say. */
export function typeOf(fields: Fields): string {
  return fields.text('type', 'none')
}

/** An added token as the file has it. `normalized`: it is looked for after the normalizer. */
export type JsonAddedToken = AddedToken & { readonly normalized: boolean }

export function readAdded(fields: Fields, file: string): JsonAddedToken[] {
  if (!fields.has('added_tokens')) return []
  return fields.list('added_tokens').map((item, i) => {
    const token = fieldsOf(item, file, `added_tokens[${i}].`)
    const content = token.text('content')
    for (const key of ['single_word', 'lstrip', 'rstrip']) {
      if (token.flag(key, false)) refuser(file)(`the token "${content}" with ${key}`)
    }
    const special = token.flag('special', false)
    return { id: token.whole('id'), content, special, normalized: token.flag('normalized', !special) }
  })
}

/** Ids of the tokens in `model.vocab`. Throws where ids are far apart, since lists by id are made of them. */
export function readVocab(fields: Fields, added: readonly AddedToken[], file: string): Map<string, number> {
  const most = (fields.keys.length + added.length) * MAX_SPREAD
  const checked = (token: string, id: number) => {
    if (id >= most) throw new InvalidCheckpointError(file, `the token "${token}" has the id ${id}, far past all others`)
    return id
  }
  for (const { id, content } of added) checked(content, id)
  return new Map(fields.keys.map((token) => [token, checked(token, fields.whole(token))]))
}

/** The two tokens of a merge: `"a b"`, or `["a", "b"]` in newer files. */
export function readMerge(merge: unknown, rank: number, file: string): readonly [left: string, right: string] {
  const parts: unknown[] = typeof merge === 'string' ? merge.split(' ') : Array.isArray(merge) ? merge : []
  const [left, right] = parts
  if (parts.length !== 2 || typeof left !== 'string' || typeof right !== 'string') {
    throw new InvalidCheckpointError(file, `merge ${rank} is not of two tokens`)
  }
  return [left, right]
}

/** Ids that stand before a text, from a template such as `<|begin_of_text|> $A`. */
export function readBegin(top: Fields, added: readonly AddedToken[], file: string): number[] {
  return top.has('post_processor') ? beginOf(top.fields('post_processor'), added, file) : []
}

function beginOf(fields: Fields, added: readonly AddedToken[], file: string): number[] {
  const type = typeOf(fields)
  if (type === 'ByteLevel') return []
  if (type === 'Sequence') {
    return fields.list('processors').flatMap((step) => beginOf(fieldsOf(step, file), added, file))
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
