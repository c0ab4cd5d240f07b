import { bytesToHex, LEAF_BYTES, type MerkleTree } from '@stoa/protocol'
import type { LeafOpening } from './types.ts'

/**
 * Opens leaves of a tensor's data: neighbours together, with the nodes that a verifier can't compute (contracts/src/interfaces/IFormulas.sol,
 * `LeafOpening`).
 *
 * @param tensor the place of the tensor's own opening.
 * @param leaves numbers of leaves, in any order.
 */
export function openLeaves(
  tensor: number,
  { data, tree }: { readonly data: Uint8Array; readonly tree: MerkleTree },
  leaves: Iterable<number>,
): LeafOpening[] {
  return runsOf(leaves).map(({ first, count }) => {
    const whole = new Uint8Array(count * LEAF_BYTES)
    whole.set(data.subarray(first * LEAF_BYTES, (first + count) * LEAF_BYTES))
    const siblings = rangeSiblings(tree, first, count).map(bytesToHex)
    return { tensor, first, data: bytesToHex(whole), siblings }
  })
}

/** Runs of consecutive numbers. */
function runsOf(numbers: Iterable<number>): { first: number; count: number }[] {
  const runs: { first: number; count: number }[] = []
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last && last.first + last.count === number) last.count++
    else runs.push({ first: number, count: 1 })
  }
  return runs
}

/** For each level upwards the node left of the range, if it starts with a right-hand one, then the one right of it, if it ends with a left-hand one. */
function rangeSiblings(tree: MerkleTree, first: number, count: number): Uint8Array[] {
  const siblings: Uint8Array[] = []
  let [from, to] = [first, first + count]
  for (let level = 0; level < tree.depth; level++) {
    if (from % 2 === 1) siblings.push(tree.node(level, --from))
    if (to % 2 === 1) siblings.push(tree.node(level, to++))
    from /= 2
    to /= 2
  }
  return siblings
}
