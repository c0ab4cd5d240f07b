/** What a page's trace commits to once (specs/exact-ocr.md, "Trace"): before the pieces … */
const HEAD = ['page', 'keys', 'across', 'frame', 'odds', 'scan', 'pieces', 'windows'] as const
/** … for every piece … */
const PIECE = ['stripAcross', 'strip', 'best', 'leads', 'spelling', 'reading'] as const
/** … and after them. */
const TAIL = ['rows', 'places', 'text', 'lines', 'boxes'] as const

/** What an entry is. The order is that of specs/exact-ocr.md, which contracts count by. */
export type PageEntryKind = (typeof HEAD | typeof PIECE | typeof TAIL)[number]

/** An entry of a page's trace; `piece` is the number of the piece that it belongs to, if any. */
export type PageEntry = { readonly kind: PageEntryKind; readonly piece: number | undefined }

/** Number of entries of a trace with so many pieces. */
export const pageEntries = (pieces: number): number => HEAD.length + PIECE.length * pieces + TAIL.length

/** Number of pieces of a trace with so many entries; undefined if none has as many. */
export function piecesOf(entries: number): number | undefined {
  const pieces = (entries - HEAD.length - TAIL.length) / PIECE.length
  return Number.isInteger(pieces) && pieces >= 0 ? pieces : undefined
}

/** What entry number `index` is, of a trace with so many pieces. */
export function pageEntryAt(index: number, pieces: number): PageEntry {
  const within = index - HEAD.length
  const piece = Math.floor(within / PIECE.length)
  const kind =
    within < 0 ? HEAD[index] : piece < pieces ? PIECE[within % PIECE.length] : TAIL[within - pieces * PIECE.length]
  if (!kind) throw new RangeError(`a trace of ${pieces} pieces has no entry ${index}`)
  return { kind, piece: within >= 0 && piece < pieces ? piece : undefined }
}

/** Number of an entry, of a trace with so many pieces. */
export function pageEntryIndex(kind: PageEntryKind, pieces: number, piece = 0): number {
  const [head, own, tail] = [HEAD, PIECE, TAIL].map((kinds) => (kinds as readonly string[]).indexOf(kind)) as [
    number,
    number,
    number,
  ]
  if (head >= 0) return head
  if (own >= 0) return HEAD.length + PIECE.length * piece + own
  return HEAD.length + PIECE.length * pieces + tail
}
