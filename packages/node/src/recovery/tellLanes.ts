import {
  type Address,
  encodeReceiptHeader,
  encodeVoucherHeader,
  type Hex,
  hexToBytes,
  laneQueryDigest,
  unpackReceipt,
} from '@stoa/protocol'
import { InvalidSignatureError } from '@stoa/protocol/secp256k1'
import type { ReadPayer } from '../chain/readPayer.ts'
import { NodeChainUnavailableError, WrongSignerError } from '../payments/errors.ts'
import { type Payments, secondOf } from '../payments/payments.ts'
import type { LanePair } from './takeLanes.ts'

/** As it comes in a request: addresses in lower case, signature of 64 bytes. */
export type SignedLaneQuery = { payer: Address; at: number; signature: Hex }

export type TellLanesParameters = { payments: Payments; provider: Address; readPayer: ReadPayer }

/** Seconds by which clocks of honest people differ. */
const CLOCK_SKEW = 300
const MOST_LANES = 1_000

/** A payer's lanes at this node, to whoever holds one of its session keys (specs/recovery.md). Throws WRONG_SIGNER, CHAIN_UNAVAILABLE. */
export async function tellLanes(
  { payments, provider, readPayer }: TellLanesParameters,
  query: SignedLaneQuery,
): Promise<LanePair[]> {
  const { payer, at, signature } = query
  const key = signerOf(payments, laneQueryDigest(payments.voucherDomain, { payer, provider, at }), signature)
  const now = secondOf(payments)
  if (!key || Math.abs(now - at) > CLOCK_SKEW) throw new WrongSignerError(payer, key)
  const { keys } = await readPayer({ payer, keys: [key], lanes: [] }).catch((error: unknown) => {
    throw new NodeChainUnavailableError(error)
  })
  if ((keys[0]?.validUntil ?? 0) < now) throw new WrongSignerError(payer, key)
  const { chainId, escrow, store } = payments
  return store.lanesOf(payer, MOST_LANES).flatMap(({ payer, offerId, lane, voucher }) => {
    // Answers are forgotten in time; what is left then is settled, and the chain tells of it.
    const answer = store.findAnswer(voucher.digest)
    if (!answer) return []
    const { maxCumulative, validUntil, signature } = voucher
    const signed = { payer, offerId, lane, maxCumulative, validUntil, chainId, escrow, signature }
    return [{ voucher: encodeVoucherHeader(signed), receipt: encodeReceiptHeader(unpackReceipt(answer.receipt)) }]
  })
}

function signerOf({ secp256k1 }: Payments, digest: Uint8Array, signature: Hex): Address | undefined {
  try {
    return secp256k1.recover(digest, hexToBytes(signature, 64))
  } catch (error) {
    if (error instanceof InvalidSignatureError) return undefined
    throw error
  }
}
