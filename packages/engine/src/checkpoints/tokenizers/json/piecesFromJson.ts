import { MARK, type MarkBefore } from '../../../text/pieces/createMarker.ts'
import { createPieceBpe } from '../../../text/pieces/createPieceBpe.ts'
import type { Tokenizer } from '../../../text/tokenizer.ts'
import { InvalidCheckpointError } from '../../errors.ts'
import { type Fields, fieldsOf } from '../../fields.ts'
import { byteIds, namedByte } from '../byteNames.ts'
import {
  type JsonAddedToken,
  type Refuse,
  readAdded,
  readBegin,
  readMerge,
  readVocab,
  refuser,
  typeOf,
} from './parts.ts'

/** BPE over pieces of a tokenizer.json, whose `byte_fallback` is set: Llama 2's, Mistral's, Gemma's. */
export function piecesFromJson(fields: Fields, file: string): Tokenizer {
  const refuse = refuser(file)
  const model = fields.fields('model')
  if (model.flag('ignore_merges', false))
    refuse('pieces that are taken whole, whatever the merges say', 'in ignore_merges')
  const added = readAdded(fields, file)
  const { normalized, ...marks } = readMarks(fields, refuse, file)
  const takesBlankOff = readDecoder(fields, refuse, file)
  const tokens = readVocab(model.fields('vocab'), added, file)
  const { pieces, idOf, isReserved } = readPieces(tokens, added, file)
  const merges = model.list('merges').flatMap((merge, rank) => {
    const [left, right] = readMerge(merge, rank, file)
    if (isReserved(left) || isReserved(right) || isReserved(left + right)) return []
    const ids = [idOf(left), idOf(right)] as const
    if (ids[0] === undefined || ids[1] === undefined) {
      throw new InvalidCheckpointError(file, `merge ${rank} is not of two tokens`)
    }
    return [[ids[0], ids[1]] as const]
  })
  return createPieceBpe({
    pieces,
    bytes: byteIds(tokens),
    joins: { by: 'rank', merges },
    added: added.map(({ normalized: isNormalized, ...token }) =>
      isNormalized && normalized ? { ...token, marked: normalized(token.content) } : token,
    ),
    ...marks,
    takesBlankOff,
    begin: readBegin(fields, added, file),
  })
}

/** Texts by id, but for special and byte tokens, which no text becomes. */
function readPieces(tokens: ReadonlyMap<string, number>, added: readonly JsonAddedToken[], file: string) {
  const addedAt = new Map(added.map((token) => [token.id, token]))
  const reserved = new Set(added.filter(({ special }) => special).map(({ content }) => content))
  for (const text of tokens.keys()) if (namedByte(text) !== undefined) reserved.add(text)
  const isReserved = (text: string) => reserved.has(text)
  const twin = added.find(({ id, content }) => tokens.has(content) && tokens.get(content) !== id)
  if (twin) throw new InvalidCheckpointError(file, `the token "${twin.content}" has two ids`)
  const pieces: (string | undefined)[] = []
  for (const [text, id] of tokens) {
    const other = addedAt.get(id)
    if (other && other.content !== text) throw new InvalidCheckpointError(file, `the id ${id} has two tokens`)
    if (isReserved(text)) continue
    if (pieces[id] !== undefined) throw new InvalidCheckpointError(file, `the id ${id} has two tokens`)
    while (pieces.length <= id) pieces.push(undefined)
    pieces[id] = text
  }
  return { pieces, isReserved, idOf: (text: string) => (isReserved(text) ? undefined : tokens.get(text)) }
}

type Marks = {
  before?: MarkBefore
  words?: boolean
  /** What the normalizer makes of an added token's content. */
  normalized?: (content: string) => string
}

/** How blanks become marks: by a normalizer (Llama 2, Mistral 0.1, Gemma), or by the pre-tokenizer Metaspace (newer files). */
function readMarks(fields: Fields, refuse: Refuse, file: string): Marks {
  const steps = stepsOf(fields, 'normalizer', 'normalizers', file)
  for (const step of steps) checkNormalizer(step, refuse)
  const normalizers = steps.map(typeOf).join()
  const [splitter, ...more] = stepsOf(fields, 'pre_tokenizer', 'pretokenizers', file)
  if (more.length > 0) refuse(`${more.length + 1} pre-tokenizers in a row`)
  const type = splitter ? typeOf(splitter) : undefined
  if (splitter && type === 'Metaspace') {
    if (normalizers !== '') refuse(`the normalizer "${normalizers}" before "Metaspace"`)
    return readMetaspace(splitter, refuse)
  }
  if (splitter && !(type === 'Split' && splitsAtBlanks(splitter))) refuse(`the pre-tokenizer "${type}"`)
  // Where the normalizer has made marks of all blanks, a split at blanks cuts nothing.
  if (normalizers === 'Replace') return { normalized: (content) => content.replaceAll(' ', MARK) }
  if (normalizers !== 'Prepend,Replace')
    refuse(normalizers === '' ? 'blanks without marks' : `the normalizer "${normalizers}"`)
  return {
    before: { stretches: 'each', unlessThere: false },
    normalized: (content) => `${MARK}${content.replaceAll(' ', MARK)}`,
  }
}

function stepsOf(fields: Fields, key: string, list: string, file: string): Fields[] {
  if (!fields.has(key)) return []
  const top = fields.fields(key)
  return typeOf(top) === 'Sequence' ? top.list(list).map((step) => fieldsOf(step, file, `${key}.`)) : [top]
}

function checkNormalizer(step: Fields, refuse: Refuse): void {
  const type = typeOf(step)
  const isKnown =
    (type === 'Prepend' && step.text('prepend') === MARK) || (type === 'Replace' && replaces(step, ' ', MARK))
  if (!isKnown) refuse(`the normalizer "${type}"`)
}

function replaces(step: Fields, pattern: string, content: string): boolean {
  return step.fields('pattern').text('String', '') === pattern && step.text('content') === content
}

function splitsAtBlanks(step: Fields): boolean {
  return step.fields('pattern').text('String', '') === ' '
}

function readMetaspace(step: Fields, refuse: Refuse): Marks {
  const mark = step.text('replacement')
  if (mark !== MARK) refuse(`the mark "${mark}" for blanks`, 'in pre_tokenizer')
  // Files from before prepend_scheme say it with add_prefix_space.
  const adds = step.flag('add_prefix_space', true)
  const scheme = step.text('prepend_scheme', adds ? 'always' : 'never')
  if (!adds && scheme !== 'never') refuse(`the prepend_scheme "${scheme}" without add_prefix_space`)
  const words = step.flag('split', true)
  if (scheme === 'never') return { words }
  if (scheme !== 'always' && scheme !== 'first') return refuse(`the prepend_scheme "${scheme}"`)
  return { words, before: { stretches: scheme === 'first' ? 'first' : 'each', unlessThere: true } }
}

/** Whether the blank before a text is taken off again. The decoder must be the one that such files have. */
function readDecoder(fields: Fields, refuse: Refuse, file: string): boolean {
  const steps = stepsOf(fields, 'decoder', 'decoders', file)
  const types = steps.map(typeOf).join()
  const [replace, , , strip] = steps
  const isKnown = types === 'Replace,ByteFallback,Fuse' || types === 'Replace,ByteFallback,Fuse,Strip'
  if (!isKnown || !replace || !replaces(replace, MARK, ' ')) return refuse(`the decoder "${types || 'none'}"`)
  if (!strip) return false
  if (strip.text('content') !== ' ' || strip.whole('start') !== 1 || strip.whole('stop') !== 0) {
    refuse('a decoder that strips more than one blank from the front')
  }
  return true
}
