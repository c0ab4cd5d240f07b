import { fromDigest } from './cid.ts'

/**
 * The CID of a blob of at most 1 MiB whose SHA-256 is known: how a digest on the ledger (a model card's, say) names a blob.
 *
 * @param digest SHA-256 of the blob's bytes, 32 bytes
 * @throws InvalidCidError if the digest has another length
 */
export function cidOfDigest(digest: Uint8Array): string {
  return fromDigest('raw', digest).text
}
