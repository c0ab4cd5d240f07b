import { describe, expect, test } from 'vitest'
import { piecesOf } from '../../text/testing/smallPieces.ts'
import type { Tokenizer } from '../../text/tokenizer.ts'
import field from '../testing/fieldTokenizers.json' with { type: 'json' }
import { pieceGgufMetadata, pieceModelBytes, pieceTokenizerJson } from '../testing/pieceFiles.ts'
import { metadataOf } from '../testing/writeGguf.ts'
import { fromGgufMetadata } from './fromGgufMetadata.ts'
import { fromSentencePieceModel } from './fromSentencePieceModel.ts'
import { fromTokenizerJson } from './fromTokenizerJson.ts'

const table = piecesOf(field.pieces)
const { userDefined } = field

const json = (options: Parameters<typeof pieceTokenizerJson>[1]) =>
  fromTokenizerJson(pieceTokenizerJson(table, { ...options, userDefined }), 'tokenizer.json')
const model = (normalizer: Readonly<Record<number, number>>) =>
  fromSentencePieceModel(pieceModelBytes(table, { normalizer, userDefined }), 'tokenizer.model', { begins: true })
const gguf = (add_space_prefix: boolean) =>
  fromGgufMetadata(
    metadataOf({
      ...pieceGgufMetadata(table, { userDefined }),
      'tokenizer.ggml.add_space_prefix': ['bool', add_space_prefix],
    }),
    'model.gguf',
  ).tokenizer

const ours: Readonly<Record<keyof typeof field.tokenizers, () => Tokenizer>> = {
  'tokenizer.json prepend': () => json({ blanks: 'prepend' }),
  'tokenizer.json prependNormalized': () => json({ blanks: 'prepend', normalized: true }),
  'tokenizer.json replace': () => json({ blanks: 'replace' }),
  'tokenizer.json first': () => json({ blanks: 'first' }),
  'tokenizer.json always': () => json({ blanks: 'always' }),
  'tokenizer.json words': () => json({ blanks: 'words' }),
  'tokenizer.json never': () => json({ blanks: 'never' }),
  'tokenizer.model plain': () => model({}),
  'tokenizer.model bare': () => model({ 3: 0 }),
  'tokenizer.model trims': () => model({ 4: 1 }),
  'gguf blank': () => gguf(true),
  'gguf bare': () => gguf(false),
}

describe('the same ids and texts as others have of', () => {
  test.each(Object.entries(field.tokenizers))('%s', (name, { ids, decoded }) => {
    const tokenizer = ours[name as keyof typeof ours]()
    // SentencePiece itself never reads special tokens in a text.
    const specials = !name.startsWith('tokenizer.model')
    for (const [i, text] of field.texts.entries()) {
      expect([...tokenizer.encode(text, { specials })], text).toEqual(ids[i])
      expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(tokenizer.decode(ids[i] ?? [])), text).toBe(
        decoded[i],
      )
    }
  })
})
