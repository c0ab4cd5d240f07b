import { type Hex, hexToBytes, MAX_TERMS_BYTES, type Offer, parseOfferTerms } from '@stoa/protocol'
import { type BlobReader, cidOfDigest } from '@stoa/storage'
import { UnservableOfferError } from '../errors.ts'

export type CheckTermsParameters = {
  offerId: Hex
  offer: Pick<Offer, 'terms'>
  blobs: BlobReader
  /** Seconds for which the node keeps what is settled, judged answers included. */
  keepsSeconds: number
}

/**
 * How long the offer says that requests and answers are kept, seconds; undefined where it says nothing. Throws `UnservableOfferError` where the node keeps them longer, or does not have the
 * terms to give to whoever asks.
 */
export async function checkTerms({
  offerId,
  offer,
  blobs,
  keepsSeconds,
}: CheckTermsParameters): Promise<number | undefined> {
  if (BigInt(offer.terms) === 0n) return undefined
  const hint = 'Put the terms into the blob store, or replace the offer ("stoa provide --retention").'
  const { retentionSeconds } = await readTerms(blobs, offer.terms).catch((cause: Error) => {
    throw new UnservableOfferError(offerId, `its terms can't be read (${cause.message})`, hint)
  })
  if (retentionSeconds >= keepsSeconds) return retentionSeconds
  throw new UnservableOfferError(
    offerId,
    `it says that what is asked and answered is kept for ${retentionSeconds} s, and this node keeps it for ${keepsSeconds} s`,
    'Lower limits.keepAnswersSeconds, or make an offer that says so; answers that a contract judges are kept as long as they can be disputed.',
  )
}

async function readTerms(blobs: BlobReader, digest: Hex) {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of blobs.get(cidOfDigest(hexToBytes(digest, 32)))) {
    bytes += piece.length
    if (bytes > MAX_TERMS_BYTES) break
    pieces.push(piece)
  }
  return parseOfferTerms(Buffer.concat(pieces))
}
