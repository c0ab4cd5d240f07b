import { Buffer } from 'node:buffer'
import type { PieceBpeParameters } from '../pieces/createPieceBpe.ts'
import { piecesOf } from '../testing/smallPieces.ts'
import { referencePiecesDecode, referencePiecesEncode } from './referencePieces.ts'

/** Texts in which the rules of specs/text.md meet, and bytes that are no text. */
const TEXTS: readonly (string | Uint8Array)[] = [
  ...[
    '',
    ' ',
    '   ',
    'the the',
    ' the',
    'the ',
    '  the   the  ',
    'thethe',
    '▁the',
    'the▁',
    'é',
    'e\u0301',
    '漢字',
    '🎉',
    '\n\tthe',
  ],
  ...['</s>', 'the</s>the', '</s> the', '<0x41>', 'the<tab>the', ' <tab> the', '<tab>the', 'the\u00a0the', '\ufeffthe'],
  Uint8Array.of(0x74, 0xff, 0x68, 0x65),
]

/** Pieces that all vectors share: ids from 259 on, after the special tokens and the bytes. The first joins first, by rank or by score. */
const PIECES = ['▁t', 'he', '▁the', '▁▁', '▁', 't', 'h', 'e']

type Variant = Omit<PieceBpeParameters, 'pieces' | 'bytes' | 'added' | 'joins'> & {
  by: 'rank' | 'score'
  /** What `<tab>`, a user-defined token, is looked for as in the marked text; without it, in the text. */
  tab?: string
}

const VARIANTS: readonly Variant[] = [
  { by: 'score', before: { stretches: 'each', unlessThere: false }, takesBlankOff: true },
  { by: 'rank', before: { stretches: 'each', unlessThere: false }, takesBlankOff: true },
  { by: 'rank', before: { stretches: 'first', unlessThere: true }, takesBlankOff: true },
  { by: 'rank', before: { stretches: 'each', unlessThere: true }, words: true },
  { by: 'rank', tab: '▁<tab>' },
  { by: 'score', before: { stretches: 'first', unlessThere: false }, trims: true, takesBlankOff: true, tab: '<tab>' },
]

/** The table of a variant; `<tab>` has the id after the pieces. */
export function tableOf({ by, tab, ...flags }: Variant, texts = PIECES): PieceBpeParameters {
  const { scores, merges, ...table } = piecesOf(texts)
  const tabToken = {
    id: table.pieces.length,
    content: '<tab>',
    special: false,
    ...(tab === undefined ? {} : { marked: tab }),
  }
  return {
    ...table,
    ...flags,
    joins: by === 'rank' ? { by, merges } : { by, scores },
    added: [...table.added, tabToken],
  }
}

/** Contents of specs/vectors/text.json: for each variant, texts in hexadecimal with their ids and the bytes that those have. */
export function textVectors() {
  const { merges, scores } = piecesOf(PIECES)
  return {
    pieces: PIECES,
    scores: scores.slice(-PIECES.length),
    merges,
    variants: VARIANTS.map((variant) => ({ ...variant, cases: casesOf(tableOf(variant)) })),
  }
}

function casesOf(table: PieceBpeParameters) {
  return TEXTS.flatMap((text) => {
    const raw = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text)
    return [false, true].flatMap((specials) => {
      // Only where it makes a difference.
      if (specials && !raw.includes('</s>')) return []
      const ids = referencePiecesEncode(raw, table, specials)
      const decoded = referencePiecesDecode(ids, table, false).toString('hex')
      return [{ hex: raw.toString('hex'), specials, ids, decoded }]
    })
  })
}
