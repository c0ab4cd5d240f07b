import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidTokenizerError } from '../../text/errors.ts'
import { piecesOf } from '../../text/testing/smallPieces.ts'
import { InvalidCheckpointError, UnsupportedCheckpointError } from '../errors.ts'
import { openTokenizer } from '../huggingface/openTokenizer.ts'
import {
  DECODERS,
  type PieceModelOptions,
  pieceGgufMetadata,
  pieceModelBytes,
  pieceTokenizerJson,
} from '../testing/pieceFiles.ts'
import { temporaryFolder } from '../testing/temporaryFolder.ts'
import { metadataOf, type TypedValue } from '../testing/writeGguf.ts'
import { fromGgufMetadata } from './fromGgufMetadata.ts'
import { fromSentencePieceModel } from './fromSentencePieceModel.ts'
import { fromTokenizerJson } from './fromTokenizerJson.ts'

const table = piecesOf(['▁t', 'he', '▁the', '</', 's>', '▁', 't', 'h', 'e', '<', '/', 's', '>'])
const json = (change: object = {}) => fromTokenizerJson({ ...pieceTokenizerJson(table), ...change }, 'tokenizer.json')
const model = (change: PieceModelOptions = {}) =>
  fromSentencePieceModel(pieceModelBytes(table, change), 'tokenizer.model', { begins: true })
const gguf = (change: Record<string, TypedValue> = {}) =>
  fromGgufMetadata(metadataOf({ ...pieceGgufMetadata(table), ...change }), 'model.gguf')

test('the three kinds of file begin texts with the same id and give the same ids', () => {
  const tokenizers = [json(), model(), gguf().tokenizer]
  expect(tokenizers.map(({ begin }) => begin)).toEqual([[1], [1], [1]])
  expect(tokenizers.map(({ size }) => size)).toEqual([272, 272, 272])
  const [first, ...others] = tokenizers.map(({ encode }) => encode('the  the é </s>'))
  for (const ids of others) expect(ids).toEqual(first)
  expect(gguf().ends).toEqual([2])
  expect(gguf({ 'tokenizer.ggml.add_bos_token': ['bool', false] }).tokenizer.begin).toEqual([])
})

test('merges that make a special token are left out', () => {
  const { model: own, ...rest } = pieceTokenizerJson(table) as { model: { merges: unknown[] } }
  const tokenizer = json({ ...rest, model: { ...own, merges: [...own.merges, ['</', 's>'], ['<0x41>', 't']] } })
  expect([...tokenizer.encode('</s>')]).toEqual([...json().encode('</s>')])
})

describe('a tokenizer.json is refused that', () => {
  const own = pieceTokenizerJson(table) as { model: { vocab: object }; added_tokens: object[] }
  const normalizer = (...normalizers: object[]) => ({ normalizer: { type: 'Sequence', normalizers } })
  const before = (more: object) => ({
    normalizer: null,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', ...more },
  })
  const withoutByte = Object.fromEntries(Object.entries(own.model.vocab).filter(([token]) => token !== '<0x41>'))
  const changed = (more: object) => ({ model: { ...own.model, ...more } })
  test.each([
    ['prepends something else', normalizer({ type: 'Prepend', prepend: '_' }), 'the normalizer "Prepend"'],
    ['replaces something else', normalizer({ type: 'Replace', pattern: { Regex: ' +' }, content: '▁' }), '"Replace"'],
    ['normalizes', normalizer({ type: 'NFC' }), 'the normalizer "NFC"'],
    ['only prepends', normalizer({ type: 'Prepend', prepend: '▁' }), 'the normalizer "Prepend"'],
    ['has no marks', { normalizer: null }, 'blanks without marks'],
    ['has bytes as characters', { pre_tokenizer: { type: 'ByteLevel' } }, 'the pre-tokenizer "ByteLevel"'],
    ['marks twice', { pre_tokenizer: before({}).pre_tokenizer }, 'the normalizer "Prepend,Replace" before "Metaspace"'],
    ['has another mark', before({ replacement: '_' }), 'the mark "_" for blanks'],
    ['contradicts itself', before({ add_prefix_space: false, prepend_scheme: 'first' }), 'without add_prefix_space'],
    ['prepends now and then', before({ prepend_scheme: 'often' }), 'the prepend_scheme "often"'],
    ['has no decoder', { decoder: null }, 'the decoder "none"'],
    [
      'strips more',
      { decoder: { type: 'Sequence', decoders: [...DECODERS.slice(0, 3), { ...DECODERS[3], start: 2 }] } },
      'strips more',
    ],
    ['takes pieces whole', changed({ ignore_merges: true }), 'pieces that are taken whole'],
    ['lacks a byte', changed({ vocab: withoutByte }), 'the byte 0x41 has no token'],
    ['has an id twice', changed({ vocab: { ...own.model.vocab, new: 260 } }), 'the id 260 has two tokens'],
    ['merges what is not there', changed({ merges: ['a b'] }), 'merge 0 is not of two tokens'],
    ['has a token of another id', { added_tokens: [{ id: 300, content: '<s>', special: true }] }, '"<s>" has two ids'],
  ])('%s', (_, change, why) => expect(() => json(change)).toThrow(why))

  test('says it with add_prefix_space', () => {
    const old = before({ add_prefix_space: true, split: false })
    expect([...json(old).encode('the')]).toEqual([
      ...json(before({ prepend_scheme: 'always', split: false })).encode('the'),
    ])
    expect([...json(before({ add_prefix_space: false })).encode('h')]).toEqual([table.pieces.indexOf('h')])
  })
})

describe('a tokenizer.model is refused that', () => {
  test.each<[string, PieceModelOptions, string]>([
    ['is unigram', { trainer: { 3: 1 } }, "SentencePiece's unigram model (in trainer_spec.model_type)"],
    ['does not fall back to bytes', { trainer: { 35: 0 } }, 'unknown characters'],
    ['has blanks at the end of words', { trainer: { 24: 1 } }, 'blanks at the end of words'],
    ['normalizes', { normalizer: { 1: 'nmt_nfkc', 2: 'rules' } }, 'the normalizer "nmt_nfkc"'],
    ['has no marks', { normalizer: { 5: 0 } }, 'blanks without marks'],
    ['begins with nothing', { trainer: { 41: -1 } }, 'it has no token that begins texts'],
  ])('%s', (_, change, why) => expect(() => model(change)).toThrow(why))

  test('is not whole', () => {
    const bytes = pieceModelBytes(table)
    const refused = (error: unknown) =>
      [InvalidCheckpointError, UnsupportedCheckpointError, InvalidTokenizerError].some((kind) => error instanceof kind)
    const open = (changed: Uint8Array) => {
      try {
        fromSentencePieceModel(changed, 'tokenizer.model', { begins: false })
      } catch (error) {
        if (!refused(error)) throw error
      }
    }
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => open(bytes.subarray(0, length))),
      { numRuns: 50 },
    )
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(bytes)
        changed[at] = value
        open(changed)
      }),
      { numRuns: 200 },
    )
    fc.assert(fc.property(fc.uint8Array(), open))
    expect(() => model({ trainer: {} })).not.toThrow()
    expect(() => fromSentencePieceModel(Buffer.concat([bytes, bytes]), 'm', { begins: true })).toThrow('is there twice')
  })
})

describe('a GGUF file is refused that', () => {
  test.each<[string, Record<string, TypedValue>, string]>([
    ['has fewer scores', { 'tokenizer.ggml.scores': ['list', 'f32', []] }, '272 tokens and 0 scores'],
    [
      'has no bytes',
      { 'tokenizer.ggml.tokens': ['list', 'text', Array.from({ length: 272 }, (_, i) => ['text', `t${i}`])] },
      'the byte 0x00 has no token',
    ],
    ['ends texts', { 'tokenizer.ggml.add_eos_token': ['bool', true] }, 'tokens after every text'],
    ['is of another kind', { 'tokenizer.ggml.model': ['text', 't5'] }, 'a tokenizer of type "t5"'],
  ])('%s', (_, change, why) => expect(() => gguf(change)).toThrow(why))
})

describe('a folder with a tokenizer.model alone', () => {
  const folder = async (files: Record<string, object> = {}): Promise<string> => {
    const path = await temporaryFolder()
    await writeFile(join(path, 'tokenizer.model'), pieceModelBytes(table))
    for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), JSON.stringify(content))
    return path
  }

  test('is read, and tokenizer_config.json says whether texts begin with an id', async () => {
    const text = 'the  the é'
    const alone = await openTokenizer(await folder())
    expect([alone.begin, alone.encode(text)]).toEqual([[1], model().encode(text)])
    const config = { add_bos_token: false, added_tokens_decoder: { 0: { content: '<unk>' } } }
    expect((await openTokenizer(await folder({ 'tokenizer_config.json': config }))).begin).toEqual([])
    const both = await folder({ 'tokenizer.json': pieceTokenizerJson(table, { blanks: 'never' }) })
    expect([...(await openTokenizer(both)).encode('h')]).toEqual([table.pieces.indexOf('h')])
  })

  test.each([
    [{ 'added_tokens.json': { '<pad>': 272 } }, 'tokens that tokenizer.model does not have'],
    [{ 'tokenizer_config.json': { added_tokens_decoder: { 272: { content: '<pad>' } } } }, '(in added_tokens_decoder)'],
    [{ 'tokenizer_config.json': { add_eos_token: true } }, 'tokens after every text'],
    [{ 'tokenizer_config.json': { add_prefix_space: false } }, 'another blank before texts'],
  ])('is refused with %j', async (files, why) => {
    await expect(folder(files).then(openTokenizer)).rejects.toThrow(why)
  })
})
