import { sha256 } from '#sha256'
import { BaseError } from '../errors.ts'
import { bytesToHex, type Hex, hexToBytes } from '../hex.ts'
import { TAG } from './merkleRoot.ts'

/** One file of a weights bundle: its name in the card, its size in bytes and the Merkle root over its 512-byte leaves. */
export type BundleFile = { path: string; bytes: number; root: Hex }

/** A bundle that has no digest. */
export class InvalidBundleError extends BaseError {
  override name = 'InvalidBundleError'
  constructor(why: string) {
    super(`The weights bundle has no digest: ${why}.`, { code: 'INVALID_BUNDLE', hint: 'See specs/digests.md.' })
  }
}

const MAX_FILES = 1024
const PATH = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/**
 * The digest that a model version commits to: over the files of its weights, sorted by path (specs/digests.md). Throws
 * `InvalidBundleError` for no files, too many, a path twice or one that could leave a folder.
 */
export function bundleDigest(files: readonly BundleFile[]): Hex {
  if (files.length === 0 || files.length > MAX_FILES) throw new InvalidBundleError(`${files.length} files`)
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  const digests = sorted.map((file, i) => {
    if (!PATH.test(file.path)) throw new InvalidBundleError(`"${file.path}" is not a plain file name`)
    if (sorted[i + 1]?.path === file.path) throw new InvalidBundleError(`"${file.path}" stands twice`)
    return fileDigest(file)
  })
  return bytesToHex(sha256(new Uint8Array([TAG.bundle, 1, digests.length >> 8, digests.length & 255]), ...digests))
}

/** Digest of one file of a bundle: what the bundle's list is made of. */
export function fileDigest({ path, bytes, root }: BundleFile): Uint8Array {
  const name = new TextEncoder().encode(path)
  const head = new Uint8Array(2 + name.length + 8)
  head[0] = TAG.file
  head[1] = name.length
  head.set(name, 2)
  new DataView(head.buffer).setBigUint64(2 + name.length, BigInt(bytes))
  return sha256(head, hexToBytes(root, 32))
}
