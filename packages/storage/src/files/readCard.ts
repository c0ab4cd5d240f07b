import { type Hex, hexToBytes, MAX_CARD_BYTES, type ModelCard, parseModelCard } from '@stoa/protocol'
import type { BlobReader } from '../blobStore.ts'
import { cidOfDigest } from '../dag/cidOfDigest.ts'

/**
 * Reads a model card by the SHA-256 that the ledger commits to, which the store has checked: it is what the card's CID is. Throws `InvalidCardError` for bytes that
 * are no card, and what the store throws.
 */
export async function readCard(blobs: BlobReader, digest: Hex): Promise<ModelCard> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of blobs.get(cidOfDigest(hexToBytes(digest, 32)))) {
    bytes += piece.length
    if (bytes > MAX_CARD_BYTES) break
    pieces.push(piece)
  }
  return parseModelCard(Buffer.concat(pieces))
}
