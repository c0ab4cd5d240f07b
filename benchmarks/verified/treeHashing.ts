import { hash } from 'node:crypto'
import { LEAF_BYTES, merkleRoot } from '@stoa/protocol'
import { timeTogether } from './timeTogether.ts'

const LEAVES = 2048

/** Microseconds a leaf, its share of inner nodes included, for the root over 1 MiB: ours, and with one call of Node's SHA-256 a hash. */
export async function treeHashing(): Promise<{ ours: number; node: number }> {
  const bytes = new Uint8Array(LEAVES * LEAF_BYTES).map((_, i) => Math.imul(i + 1, 0x9e37_79b1) >>> 24)
  if (!Buffer.from(merkleRoot(bytes)).equals(rootByNode(bytes))) throw new Error('the two roots differ')
  const times = await timeTogether([async () => merkleRoot(bytes), async () => rootByNode(bytes)], {
    turns: 51,
    warm: 5,
  })
  const [ours = 0, node = 0] = times.map((ms) => (1000 * ms) / LEAVES)
  return { ours, node }
}

/** The same with nothing between Node's hash and the tree: a level at a time, from memory that is there already. */
function rootByNode(bytes: Uint8Array): Buffer {
  const [leaf, pair] = [Buffer.alloc(1 + LEAF_BYTES), Buffer.alloc(65)]
  pair[0] = 1
  let level = Buffer.alloc(32 * LEAVES)
  for (let i = 0; i < LEAVES; i++) {
    leaf.set(bytes.subarray(LEAF_BYTES * i, LEAF_BYTES * (i + 1)), 1)
    level.set(hash('sha256', leaf, 'buffer'), 32 * i)
  }
  while (level.length > 32) {
    for (let at = 0; at < level.length; at += 64) {
      pair.set(level.subarray(at, at + 64), 1)
      level.set(hash('sha256', pair, 'buffer'), at / 2)
    }
    level = level.subarray(0, level.length / 2)
  }
  return level
}
