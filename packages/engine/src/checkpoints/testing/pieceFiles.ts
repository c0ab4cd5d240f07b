import { type SmallPieces, SPECIALS } from '../../text/testing/smallPieces.ts'
import { KINDS, type Kind } from '../tokenizers/sentencepiece/parseModel.ts'
import type { TypedValue } from './writeGguf.ts'

/** Tokens of a table as files list them: special tokens, bytes, pieces, and user-defined tokens. */
function listOf({ pieces, scores }: SmallPieces, userDefined: readonly string[]) {
  const tokens = pieces.map((piece, id): { text: string; score: number; kind: Kind } => {
    if (id < SPECIALS.length) return { text: SPECIALS[id] ?? '', score: 0, kind: id === 0 ? 'unknown' : 'control' }
    const byte = id - SPECIALS.length
    if (byte < 256) return { text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, score: 0, kind: 'byte' }
    return { text: piece ?? '', score: scores[id] ?? 0, kind: 'normal' }
  })
  return [...tokens, ...userDefined.map((text) => ({ text, score: 0, kind: 'user-defined' as const }))]
}

/** How a tokenizer.json says what becomes of blanks. */
export const BLANKS = {
  prepend: {
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
  },
  replace: {
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    pre_tokenizer: { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithPrevious', invert: false },
  },
  first: metaspace('first', false),
  always: metaspace('always', false),
  words: metaspace('always', true),
  never: metaspace('never', false),
} as const
export type Blanks = keyof typeof BLANKS

function metaspace(prepend_scheme: string, split: boolean) {
  return { normalizer: null, pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme, split } }
}

/** Steps of the decoder that such files have. */
export const DECODERS = [
  { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
  { type: 'ByteFallback' },
  { type: 'Fuse' },
  { type: 'Strip', content: ' ', start: 1, stop: 0 },
]

export type PieceJsonOptions = { blanks?: Blanks; userDefined?: readonly string[]; normalized?: boolean }

/** tokenizer.json as converters make it of SentencePiece's models. `normalized`: user-defined tokens are looked for after the normalizer. */
export function pieceTokenizerJson(
  table: SmallPieces,
  { blanks = 'prepend', userDefined = [], normalized = false }: PieceJsonOptions = {},
): Record<string, unknown> {
  const tokens = listOf(table, userDefined)
  const text = (id: number) => tokens[id]?.text ?? ''
  const flags = { single_word: false, lstrip: false, rstrip: false }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: tokens.flatMap(({ text: content, kind }, id) => {
      if (kind === 'user-defined') return [{ id, content, ...flags, normalized, special: false }]
      return id < SPECIALS.length ? [{ id, content, ...flags, normalized: false, special: true }] : []
    }),
    ...BLANKS[blanks],
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
      special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
    },
    decoder: {
      type: 'Sequence',
      decoders: blanks === 'replace' || blanks === 'never' ? DECODERS.slice(0, 3) : DECODERS,
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(
        tokens.flatMap(({ text: token, kind }, id) => (kind === 'user-defined' ? [] : [[token, id]])),
      ),
      merges: table.merges.map(([left, right]) => [text(left), text(right)]),
    },
  }
}

/** The tokenizer's part of a GGUF file's metadata, its ids filled up to `size`. */
export function pieceGgufMetadata(
  table: SmallPieces,
  { size, userDefined = [] }: { size?: number; userDefined?: readonly string[] } = {},
): Record<string, TypedValue> {
  const tokens = listOf(table, userDefined)
  const padding = Array.from({ length: Math.max(0, (size ?? 0) - tokens.length) }, (_, i) => ({
    text: `[PAD${tokens.length + i}]`,
    score: -1000,
    kind: 'unused' as const,
  }))
  const all = [...tokens, ...padding]
  return {
    'tokenizer.ggml.model': ['text', 'llama'],
    'tokenizer.ggml.pre': ['text', 'default'],
    'tokenizer.ggml.tokens': ['list', 'text', all.map(({ text }) => ['text', text])],
    'tokenizer.ggml.scores': ['list', 'f32', all.map(({ score }) => ['f32', score])],
    'tokenizer.ggml.token_type': ['list', 'i32', all.map(({ kind }) => ['i32', KINDS.indexOf(kind) + 1])],
    'tokenizer.ggml.bos_token_id': ['u32', 1],
    'tokenizer.ggml.eos_token_id': ['u32', 2],
    'tokenizer.ggml.unknown_token_id': ['u32', 0],
  }
}

export type PieceModelOptions = {
  userDefined?: readonly string[]
  /** Fields of trainer_spec and normalizer_spec by their numbers. */
  trainer?: Readonly<Record<number, number>>
  normalizer?: Readonly<Record<number, number | string>>
}

/** tokenizer.model of SentencePiece: BPE that falls back to bytes, a mark before texts, nothing trimmed. */
export function pieceModelBytes(
  table: SmallPieces,
  { userDefined = [], trainer = {}, normalizer = {} }: PieceModelOptions = {},
): Buffer {
  const pieces = listOf(table, userDefined).map(({ text, score, kind }) => {
    const bytes = Buffer.alloc(4)
    bytes.writeFloatLE(score)
    return bytesField(
      1,
      Buffer.concat([bytesField(1, Buffer.from(text)), tag(2, 5), bytes, numberField(3, KINDS.indexOf(kind) + 1)]),
    )
  })
  const spec = (fields: Readonly<Record<number, number | string>>) =>
    Buffer.concat(
      Object.entries(fields).map(([number, value]) =>
        typeof value === 'string' ? bytesField(Number(number), Buffer.from(value)) : numberField(Number(number), value),
      ),
    )
  return Buffer.concat([
    ...pieces,
    bytesField(2, spec({ 3: 2, 24: 0, 35: 1, 40: 0, 41: 1, 42: 2, 43: -1, ...trainer })),
    bytesField(3, spec({ 1: 'identity', 2: '', 3: 1, 4: 0, 5: 1, ...normalizer })),
  ])
}

function tag(number: number, wire: number): Buffer {
  return varint(BigInt(number * 8 + wire))
}

function numberField(number: number, value: number): Buffer {
  return Buffer.concat([tag(number, 0), varint(BigInt.asUintN(64, BigInt(value)))])
}

function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([tag(number, 2), varint(BigInt(bytes.length)), bytes])
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)])
    bytes.push(Number(rest & 0x7fn) | 0x80)
  }
}
