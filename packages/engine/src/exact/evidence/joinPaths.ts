import { KINDS } from './kinds.ts'
import type { TensorOpening } from './types.ts'

/**
 * Entries' paths without what other entries' paths show too: each but the first ends where its sibling is an ancestor of an entry before it
 * (contracts/src/interfaces/IFormulas.sol, `TensorOpening`).
 */
export function joinPaths(openings: readonly TensorOpening[]): TensorOpening[] {
  const joined: TensorOpening[] = []
  for (const opening of openings) {
    if (opening.kind !== KINDS.entry) {
      joined.push(opening)
      continue
    }
    const depths = joined
      .filter(({ kind }) => kind === KINDS.entry)
      .map((other) => ({ other, depth: meeting(opening.index, other.index) }))
      // Where it ends, the other's path must have the node.
      .filter(({ other, depth }) => depth < other.path.length)
      .map(({ depth }) => depth)
    joined.push({ ...opening, path: opening.path.slice(0, Math.min(opening.path.length, ...depths)) })
  }
  return joined
}

/** The level at which the ancestors of two leaves are siblings. */
const meeting = (a: number, b: number): number => 31 - Math.clz32(a ^ b)
