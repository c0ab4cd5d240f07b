import * as dagPb from '@ipld/dag-pb'
import { sha256 } from '@stoa/protocol'
import fc from 'fast-check'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import { describe, expect, test } from 'vitest'
import { BlobLayoutError } from '../errors.ts'
import { cidOfBlock, fromDigest, linkOf } from './cid.ts'
import { LEAF_BYTES } from './layout.ts'
import { type Child, decodeNode, encodeNode } from './node.ts'

const leaf = (seed: number, bytes: number): Child => ({
  cid: fromDigest('raw', sha256(new Uint8Array([seed]))),
  bytes,
  totalBytes: bytes,
})

/** A node written by hand from the two formats' own definitions: protobuf, dag-pb (links first) and UnixFS (type 2 is a file). */
function nodeByHand(children: readonly Child[]): Uint8Array {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
  const field = (number: number, bytes: number[]) => [number * 8 + 2, ...varint(bytes.length), ...bytes]
  const links = children.flatMap(({ cid, totalBytes }) => {
    const hash = [0x01, cid.codec === 'raw' ? 0x55 : 0x70, 0x12, 0x20, ...cid.digest]
    return field(2, [...field(1, hash), ...field(2, []), 3 * 8, ...varint(totalBytes)])
  })
  const size = children.reduce((sum, child) => sum + child.bytes, 0)
  const unixfs = [8, 2, 3 * 8, ...varint(size), ...children.flatMap(({ bytes }) => [4 * 8, ...varint(bytes)])]
  return Uint8Array.from([...links, ...field(1, unixfs)])
}

/** Children of a node right above the leaves. */
const children = fc
  .tuple(fc.integer({ min: 2, max: 174 }), fc.integer({ min: 1, max: LEAF_BYTES }))
  .map(([count, last]) =>
    Array.from({ length: count }, (_, index) => leaf(index, index === count - 1 ? last : LEAF_BYTES)),
  )

test('encodes as the formats are defined', () => {
  fc.assert(
    fc.property(children, (given) => {
      expect(Buffer.from(encodeNode(given)).equals(nodeByHand(given))).toBe(true)
    }),
  )
})

test('decodes what it encodes', () => {
  fc.assert(
    fc.property(children, (given) => {
      const block = encodeNode(given)
      const found = decodeNode(cidOfBlock('dag-pb', block), block).children
      const texts = (list: readonly Child[]) => list.map((child) => ({ ...child, cid: child.cid.text }))
      expect(texts(found)).toEqual(texts(given))
    }),
    { numRuns: 20 },
  )
})

describe('refuses a block that is not the one node for its length', () => {
  const two = [leaf(0, LEAF_BYTES), leaf(1, 5)]
  const sizes = [BigInt(LEAF_BYTES), 5n]
  const links = two.map((child) => ({ Name: '', Tsize: child.totalBytes, Hash: linkOf(child.cid) }))
  const encode = (file: UnixFS, withLinks = links) => dagPb.encode({ Data: file.marshal(), Links: withLinks })
  const file = (blockSizes: bigint[]) => new UnixFS({ type: 'file', blockSizes })
  const [first, second] = links as [(typeof links)[0], (typeof links)[0]]
  const otherCodec = CID.createV1(0x71, second.Hash.multihash)
  const v0 = CID.createV0(second.Hash.multihash as Parameters<typeof CID.createV0>[0])

  const refused: Record<string, Uint8Array> = {
    'no protobuf': new Uint8Array([1, 2, 3]),
    'no UnixFS data': dagPb.encode({ Links: links }),
    'a directory': encode(new UnixFS({ type: 'directory' })),
    'a file that fits in a leaf': encode(file([5n]), [second]),
    'an empty file in two links': encode(file([])),
    'content in the node': encode(new UnixFS({ type: 'file', blockSizes: sizes, data: new Uint8Array(LEAF_BYTES) })),
    'a mode': encode(new UnixFS({ type: 'file', blockSizes: sizes, mode: 0o600 })),
    'one link too few': encode(file(sizes), [first]),
    'one link too many': encode(file(sizes), [first, second, second]),
    'leaves of another size': encode(file([5n, BigInt(LEAF_BYTES)])),
    'half-size leaves': encode(file([524_288n, 524_289n])),
    'a name': encode(file(sizes), [first, { ...second, Name: 'x' }]),
    'a false Tsize': encode(file(sizes), [first, { ...second, Tsize: 6 }]),
    'a link to a node where a leaf belongs': encode(file(sizes), [
      first,
      { ...second, Hash: linkOf({ codec: 'dag-pb', digest: second.Hash.multihash.digest }) },
    ]),
    'a link to dag-cbor': encode(file(sizes), [first, { ...second, Hash: otherCodec }]),
    'a link to CIDv0': encode(file(sizes), [first, { ...second, Hash: v0 }]),
    'more bytes than a blob has': encode(file([2n ** 62n, 1n])),
    'bytes after the end': new Uint8Array([...encode(file(sizes)), 0]),
  }

  test('but not the one that is', () => {
    const block = encode(file(sizes))
    expect(decodeNode(cidOfBlock('dag-pb', block), block).bytes).toBe(LEAF_BYTES + 5)
  })

  test.each(Object.keys(refused))('%s', (name) => {
    const block = refused[name] ?? new Uint8Array()
    const cid = cidOfBlock('dag-pb', block)
    expect(() => decodeNode(cid, block)).toThrow(BlobLayoutError)
  })

  test('another length than its parent says', () => {
    const block = encode(file(sizes))
    expect(() => decodeNode(cidOfBlock('dag-pb', block), block, LEAF_BYTES + 6)).toThrow(BlobLayoutError)
  })
})
