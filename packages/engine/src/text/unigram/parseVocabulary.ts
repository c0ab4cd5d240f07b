import { InvalidTokenizerError } from '../errors.ts'

/** Pieces by id. The first `RESERVED` are symbols that text never matches; id 0 stands for what no piece covers. */
export type Vocabulary = { readonly pieces: readonly string[]; readonly scores: Float64Array }

/** Unknown, start, end and three spare symbols. */
export const RESERVED = 6
export const UNKNOWN = 0
/**
 * Stands alone for a text without pieces (specs/tasks.md, "embedding"): one past the rows of the encoder's table, of which a vocabulary need not have a piece for each.
 */
export const NO_PIECES = 8002

/**
 * Reads vocab.json: a list of `[piece, log probability]`, the id being the position. Throws `InvalidTokenizerError` for
 * anything else.
 *
 * The published file lacks the scores of seven pieces with a colon (null) and has a wrong one for two (":30" 30, ":00" 0). The
 * published tokenizer counts null as 0, that is as certain; so does this one, because ids must be those that everyone else gets.
 */
export function parseVocabulary(json: string): Vocabulary {
  const entries = parseEntries(json)
  const pieces: string[] = []
  const scores = new Float64Array(entries.length)
  for (const [id, entry] of entries.entries()) {
    const [piece, score] = Array.isArray(entry) ? entry : []
    const valid = typeof piece === 'string' && piece.length > 0 && (score === null || Number.isFinite(score))
    if (!valid) throw new InvalidTokenizerError(`entry ${id} of vocab.json is not [piece, score]`)
    pieces.push(piece)
    scores[id] = score ?? 0
  }
  if (pieces.length <= RESERVED || pieces.length > NO_PIECES)
    throw new InvalidTokenizerError(`vocab.json has ${pieces.length} entries`)
  return { pieces, scores }
}

function parseEntries(json: string): unknown[] {
  let entries: unknown
  try {
    entries = JSON.parse(json)
  } catch (cause) {
    throw new InvalidTokenizerError('vocab.json is not JSON', cause)
  }
  if (!Array.isArray(entries)) throw new InvalidTokenizerError('vocab.json is not a list')
  return entries
}
