import { describe, expect, test } from 'vitest'
import { BlobLayoutError } from '../errors.ts'
import { collect, MIB } from '../testing.case.ts'
import { type BlobCid, type Codec, cidOfBlock } from './cid.ts'
import { encodeNode } from './node.ts'
import { readDag, statDag } from './readDag.ts'

/** Blocks that hash to their CIDs and still are no blob: what a hostile author of a CID can make. */
function forge() {
  const blocks = new Map<string, Uint8Array>()
  return {
    add(codec: Codec, block: Uint8Array): BlobCid {
      const cid = cidOfBlock(codec, block)
      blocks.set(cid.text, block)
      return cid
    },
    read: async (cid: BlobCid) => blocks.get(cid.text) ?? new Uint8Array(),
  }
}

describe('a forged blob is refused', () => {
  test('leaf shorter than its node says', async () => {
    const { add, read } = forge()
    const short = add('raw', new Uint8Array(3))
    const claimed = { cid: short, bytes: MIB, totalBytes: MIB }
    const root = add('dag-pb', encodeNode([claimed, { cid: short, bytes: 3, totalBytes: 3 }]))
    await expect(collect(readDag(root.text, read))).rejects.toThrow(BlobLayoutError)
  })

  test('leaf longer than a leaf', async () => {
    const { add, read } = forge()
    const cid = add('raw', new Uint8Array(MIB + 1))
    await expect(collect(readDag(cid.text, read))).rejects.toThrow(BlobLayoutError)
    await expect(statDag(cid.text, read)).rejects.toThrow(BlobLayoutError)
  })

  test('two levels where one is enough', async () => {
    const { add, read } = forge()
    const leaf = add('raw', new Uint8Array(MIB))
    const leaves = [leaf, leaf].map((cid) => ({ cid, bytes: MIB, totalBytes: MIB }))
    const inner = encodeNode(leaves)
    const child = { cid: add('dag-pb', inner), bytes: 2 * MIB, totalBytes: 2 * MIB + inner.length }
    const root = add('dag-pb', encodeNode([child, child]))
    await expect(collect(readDag(root.text, read))).rejects.toThrow(BlobLayoutError)
  })
})
