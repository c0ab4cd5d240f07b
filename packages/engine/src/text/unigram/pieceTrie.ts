import { RESERVED, type Vocabulary } from './parseVocabulary.ts'

/** No such node, or no piece that ends in it. */
export const NONE = -1
export const ROOT = 0

/** Prefix tree over the UTF-16 code units of all pieces. */
export type PieceTrie = {
  /** Node reached from `node` by `unit`, or `NONE`. */
  next(node: number, unit: number): number
  /** Id of the piece that ends in `node`, or `NONE`. */
  pieceAt(node: number): number
}

/** Builds the tree in time linear in the pieces' length. Of equal pieces the last counts, as in the published tokenizer. */
export function buildPieceTrie({ pieces }: Vocabulary): PieceTrie {
  // One map for all edges, keyed by node and unit in one number: far below 2^53 for any vocabulary.
  const edges = new Map<number, number>()
  const ends: number[] = [NONE]
  for (let id = RESERVED; id < pieces.length; id++) {
    const piece = pieces[id] ?? ''
    let node = ROOT
    for (let i = 0; i < piece.length; i++) {
      const edge = node * 0x1_0000 + piece.charCodeAt(i)
      const known = edges.get(edge)
      node = known ?? ends.push(NONE) - 1
      if (known === undefined) edges.set(edge, node)
    }
    ends[node] = id
  }
  return {
    next: (node, unit) => edges.get(node * 0x1_0000 + unit) ?? NONE,
    pieceAt: (node) => ends[node] ?? NONE,
  }
}
