import * as dagPb from '@ipld/dag-pb'
import { sha256 } from '@stoa/protocol'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as digest from 'multiformats/hashes/digest'
import { sha256 as sha2 } from 'multiformats/hashes/sha2'
import { BlobCorruptError, InvalidCidError } from '../errors.ts'

/** What a block is: bytes of the content, or a node that links to blocks. */
export type Codec = 'raw' | 'dag-pb'

const CODES = { raw: raw.code, 'dag-pb': dagPb.code } as const

/** Length of a SHA-256 digest. */
const DIGEST_BYTES = 32

/** 36 bytes (version, codec, hash, length, digest) in base32 without padding, after the prefix `b`. */
const SHAPE = /^b[a-z2-7]{58}$/

/** A CID that passed `parseCid`: safe as a file name and in a URL. `text` is its one spelling. */
export type BlobCid = { readonly text: string; readonly codec: Codec; readonly digest: Uint8Array }

/**
 * Reads the text of a CID and refuses every other spelling, version, codec and hash, so that text and content are one to one.
 * @throws InvalidCidError
 */
export function parseCid(text: string): BlobCid {
  if (!SHAPE.test(text)) throw new InvalidCidError(String(text))
  let cid: CID
  try {
    cid = CID.parse(text)
  } catch (cause) {
    throw new InvalidCidError(text, cause)
  }
  return fromCid(cid, text)
}

/** Whether `parseCid` would take it. */
export function isCid(text: string): boolean {
  try {
    parseCid(text)
    return true
  } catch (error) {
    if (error instanceof InvalidCidError) return false
    throw error
  }
}

/** What `parseCid` returns, for a CID that stands in a node. */
export function fromCid(cid: CID, text = cid.toString()): BlobCid {
  const codec = cid.code === raw.code ? 'raw' : cid.code === dagPb.code ? 'dag-pb' : undefined
  const hash = cid.multihash
  const known = cid.version === 1 && hash.code === sha2.code && hash.digest.length === DIGEST_BYTES
  // The comparison refuses spellings with stray bits after the last byte.
  if (!known || !codec || cid.toString() !== text) throw new InvalidCidError(text)
  return { text, codec, digest: hash.digest }
}

/** The CID of a block. */
export function cidOfBlock(codec: Codec, block: Uint8Array): BlobCid {
  return fromDigest(codec, sha256(block))
}

export function fromDigest(codec: Codec, sha256Digest: Uint8Array): BlobCid {
  return fromCid(linkOf({ codec, digest: sha256Digest }))
}

/** The CID as a node's link holds it. */
export function linkOf(cid: Pick<BlobCid, 'codec' | 'digest'>): CID {
  return CID.createV1(CODES[cid.codec], digest.create(sha2.code, cid.digest))
}

/**
 * Returns the block if it is the one that `cid` names.
 * @throws BlobCorruptError
 */
export function verifyBlock(cid: BlobCid, block: Uint8Array): Uint8Array {
  const found = cidOfBlock(cid.codec, block)
  if (found.text !== cid.text) throw new BlobCorruptError(cid.text, `Its ${block.length} bytes hash to ${found.text}.`)
  return block
}
