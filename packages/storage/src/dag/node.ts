import * as dagPb from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import type { CID } from 'multiformats/cid'
import { BlobLayoutError } from '../errors.ts'
import { type BlobCid, fromCid, fromDigest, linkOf } from './cid.ts'
import { capacityOf, childSizes, levelOf, MAX_BLOB_BYTES } from './layout.ts'

/** What a node says of a child. */
export type Child = {
  cid: BlobCid
  /** Bytes of content under the child. */
  bytes: number
  /** Bytes of all blocks under the child, its own included: `Tsize` of the link. */
  totalBytes: number
}

/** Any CID, where only its length counts. */
const PLACEHOLDER = fromDigest('raw', new Uint8Array(32))

/** The dag-pb block of a UnixFS file node with these children: the bytes that `ipfs add` makes. */
export function encodeNode(children: readonly Child[]): Uint8Array {
  const file = new UnixFS({ type: 'file', blockSizes: children.map((child) => BigInt(child.bytes)) })
  return dagPb.encode({
    Data: file.marshal(),
    Links: children.map((child) => ({ Name: '', Tsize: child.totalBytes, Hash: linkOf(child.cid) })),
  })
}

/**
 * Reads a verified node block. Only the one node that the layout has for this many bytes is accepted: the shape follows from the
 * length, so we take nothing but the length and the children's CIDs from the block, encode the node ourselves, and compare.
 *
 * @param bytes content that the parent says is here; of a root it is unknown
 * @throws BlobLayoutError
 */
export function decodeNode(cid: BlobCid, block: Uint8Array, bytes?: number): { bytes: number; children: Child[] } {
  let node: dagPb.PBNode
  let size: bigint
  try {
    node = dagPb.decode(block)
    size = UnixFS.unmarshal(node.Data ?? new Uint8Array()).fileSize()
  } catch (cause) {
    throw new BlobLayoutError(cid.text, 'It is not a UnixFS node.', cause)
  }
  if (size > BigInt(MAX_BLOB_BYTES)) throw new BlobLayoutError(cid.text, `It claims ${size} bytes.`)
  const total = Number(size)
  if (bytes !== undefined && bytes !== total) {
    throw new BlobLayoutError(cid.text, `It claims ${total} bytes where its parent says ${bytes}.`)
  }
  const level = levelOf(total)
  const sizes = level === 0 ? [] : childSizes(level, total)
  if (level === 0 || sizes.length !== node.Links.length) {
    throw new BlobLayoutError(cid.text, `${total} bytes are not laid out in ${node.Links.length} links.`)
  }
  const children = sizes.map((childBytes, index) => ({
    cid: childCid(cid, node.Links[index]?.Hash, level),
    bytes: childBytes,
    totalBytes: totalBytesOf(level - 1, childBytes),
  }))
  if (!equal(encodeNode(children), block)) throw new BlobLayoutError(cid.text, 'It is not encoded as blobs are.')
  return { bytes: total, children }
}

function childCid(parent: BlobCid, hash: CID | undefined, level: number): BlobCid {
  try {
    const child = hash && fromCid(hash)
    if (child?.codec === (level === 1 ? 'raw' : 'dag-pb')) return child
  } catch (cause) {
    throw new BlobLayoutError(parent.text, 'It links to something that is no block of a blob.', cause)
  }
  throw new BlobLayoutError(parent.text, `On level ${level} it links to a block of the wrong codec.`)
}

/**
 * Bytes of all blocks of a subtree. It follows from the content's length too, because every CID is equally long: siblings are full but
 * for the last, so a level costs two encodings.
 */
function totalBytesOf(level: number, bytes: number): number {
  if (level === 0) return bytes
  const sizes = childSizes(level, bytes)
  const full = totalBytesOf(level - 1, capacityOf(level - 1))
  const last = totalBytesOf(level - 1, sizes.at(-1) ?? 0)
  const children = sizes.map((size, index) => ({
    cid: PLACEHOLDER,
    bytes: size,
    totalBytes: index === sizes.length - 1 ? last : full,
  }))
  return encodeNode(children).length + full * (sizes.length - 1) + last
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
