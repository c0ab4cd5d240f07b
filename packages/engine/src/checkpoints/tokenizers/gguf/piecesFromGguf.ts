import { createPieceBpe } from '../../../text/pieces/createPieceBpe.ts'
import type { AddedToken, Tokenizer } from '../../../text/tokenizer.ts'
import { InvalidCheckpointError } from '../../errors.ts'
import type { Fields } from '../../fields.ts'
import { byteIds } from '../byteNames.ts'
import { BYTE, CONTROL, kindsOf, NORMAL, textsOf, UNKNOWN, UNUSED, USER_DEFINED } from './parts.ts'

/** The first id of texts where a file does not say, as llama.cpp has it. */
const DEFAULT_BEGIN = 1

/** BPE over pieces that join by their scores (`tokenizer.ggml.model` llama). */
export function piecesFromGguf(fields: Fields, file: string): Tokenizer {
  const tokens = textsOf(fields, 'tokens', file)
  const kinds = kindsOf(fields, tokens.length, file)
  const added: AddedToken[] = []
  const bytes: [text: string, id: number][] = []
  const pieces = tokens.map((token, id) => {
    switch (kinds[id]) {
      case NORMAL:
        return token
      case UNKNOWN:
      case CONTROL:
      case USER_DEFINED:
        added.push({ id, content: token, special: kinds[id] !== USER_DEFINED })
        return undefined
      case BYTE:
        bytes.push([token, id])
        return undefined
      case UNUSED:
        return undefined
      default:
        throw new InvalidCheckpointError(file, `the token "${token}" is of the kind ${kinds[id]}`)
    }
  })
  const blank = fields.flag('add_space_prefix', true)
  return createPieceBpe({
    pieces,
    bytes: byteIds(bytes),
    joins: { by: 'score', scores: scoresOf(fields, tokens.length, file) },
    added,
    ...(blank ? { before: { stretches: 'each', unlessThere: false } } : {}),
    takesBlankOff: blank,
    begin: fields.flag('add_bos_token', true) ? [fields.whole('bos_token_id', DEFAULT_BEGIN)] : [],
  })
}

function scoresOf(fields: Fields, count: number, file: string): readonly number[] {
  const list = fields.list('scores')
  const scores = list.filter((score) => typeof score === 'number')
  if (scores.length !== count)
    throw new InvalidCheckpointError(file, `it has ${count} tokens and ${scores.length} scores`)
  return scores
}
