import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesToHex } from '../hex.ts'
import { referenceRoot } from '../reference/digests.ts'
import { digestTree, type MerkleTree, merkleTree } from './merkleTree.ts'
import { traceRoot } from './traceRoot.ts'

const join = (left: Uint8Array, right: Uint8Array) =>
  new Uint8Array(createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest())

/** Climbs from a node by its path. */
function climb(tree: MerkleTree, level: number, index: number, to: number): Uint8Array {
  let [hash, at] = [tree.node(level, index), index]
  for (const sibling of tree.path(level, index, to)) {
    hash = at % 2 === 0 ? join(hash, sibling) : join(sibling, hash)
    at = Math.floor(at / 2)
  }
  return hash
}

const bytes = fc.integer({ min: 0, max: 150_000 }).map((length) => new Uint8Array(length).map((_, i) => (i * i) >> 5))
const digests = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 40 })
const place = fc.tuple(fc.nat(), fc.nat(), fc.nat())

test('has the root that the independent implementation says', () => {
  fc.assert(
    fc.property(bytes, (data) => {
      expect(merkleTree(data).root).toEqual(referenceRoot(data))
    }),
    { numRuns: 30 },
  )
  for (const length of [0, 1, 512, 513, 65_536, 65_537]) {
    const data = new Uint8Array(length).fill(7)
    expect(merkleTree(data).root).toEqual(referenceRoot(data))
  }
})

test('has the root of the trace', () => {
  fc.assert(
    fc.property(digests, (entries) => {
      const head = Uint8Array.of(6, 1, 0, 0, 0, entries.length)
      const root = createHash('sha256').update(head).update(digestTree(entries).root).digest()
      expect(bytesToHex(root)).toBe(traceRoot(entries))
    }),
  )
})

test('every path leads up, every row hangs beneath its node', () => {
  fc.assert(
    fc.property(fc.oneof(bytes.map(merkleTree), digests.map(digestTree)), place, (tree, [a, b, c]) => {
      const level = a % (tree.depth + 1)
      const index = b % 2 ** (tree.depth - level)
      const to = level + (c % (tree.depth - level + 1))
      expect(climb(tree, level, index, to)).toEqual(tree.node(to, Math.floor(index / 2 ** (to - level))))
      const row = tree.row(to, Math.floor(index / 2 ** (to - level)), to - level)
      const first = Math.floor(index / 2 ** (to - level)) * 2 ** (to - level)
      expect(row).toEqual(row.map((_, i) => tree.node(level, first + i)))
      if (first + row.length < Math.ceil(tree.leaves / 2 ** level)) expect(row.length).toBe(2 ** (to - level))
    }),
    { numRuns: 60 },
  )
})
