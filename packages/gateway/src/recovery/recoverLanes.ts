import {
  type Address,
  bytesToHex,
  decodeReceiptHeader,
  decodeVoucherHeader,
  laneQueryDigest,
  receiptDigest,
} from '@stoa/protocol'
import { InvalidSignatureError, type Secp256k1 } from '@stoa/protocol/secp256k1'
import type { Logger } from '../logger.ts'
import type { Chain } from '../market/chain.ts'
import type { LaneBook } from '../payment/openLaneBook.ts'
import type { LanePair, ProviderClient } from '../provider/createProviderClient.ts'
import type { ReceiptTable } from '../store/receiptTable.ts'

export type RecoverLanesParameters = {
  payer: Address
  sessionKey: Uint8Array
  secp256k1: Secp256k1
  /** EIP-712 domain separators of escrow (vouchers, questions) and provider registry (receipts). */
  voucherDomain: Uint8Array
  receiptDomain: Uint8Array
  chain: Pick<Chain, 'settledOffers' | 'offer' | 'provider' | 'isSignerOf'>
  lanes: Pick<LaneBook, 'adopt'>
  receipts: Pick<ReceiptTable, 'insert' | 'get'>
  providers: Pick<ProviderClient, 'askLanes'>
  now: () => number
  logger: Logger
}

/** What became of asking: sellers that answered and did not, and receipts that were believed. */
export type RecoveredLanes = { asked: number; silent: number; receipts: number }

/**
 * Asks the sellers with whom the ledger shows settlements of this payer for its lanes, and takes up what they can prove (specs/recovery.md): receipts are kept, what is owed counts again, and none of
 * these lanes is used again. Rejects when the chain can't be read.
 */
export async function recoverLanes(parameters: RecoverLanesParameters): Promise<RecoveredLanes> {
  const { payer, sessionKey, secp256k1, voucherDomain, chain, providers, now, logger } = parameters
  const offers = await Promise.all((await chain.settledOffers()).map((offerId) => chain.offer(offerId)))
  const sellers = [...new Set(offers.flatMap((offer) => (offer ? [offer.provider.toLowerCase() as Address] : [])))]
  const done: RecoveredLanes = { asked: sellers.length, silent: 0, receipts: 0 }
  for (const provider of sellers) {
    const at = Math.floor(now() / 1000)
    const signature = bytesToHex(secp256k1.sign(laneQueryDigest(voucherDomain, { payer, provider, at }), sessionKey))
    const seller = await chain.provider(provider)
    const pairs = seller && (await providers.askLanes({ endpoint: seller.endpoint, query: { payer, at, signature } }))
    if (!pairs) done.silent++
    else for (const pair of pairs) if (await adopt(parameters, provider, pair)) done.receipts++
  }
  if (sellers.length > 0) logger({ type: 'lanes-recovered', ...done })
  return done
}

/** Whether the pair proves what it says; then it is kept. */
async function adopt(parameters: RecoverLanesParameters, provider: Address, pair: LanePair): Promise<boolean> {
  const { payer, secp256k1, receiptDomain, chain, lanes, receipts } = parameters
  const read = readPair(pair)
  if (!read) return false
  const { voucher, receipt } = read
  const { offerId, lane, voucherCumulative, chargedCumulative } = receipt
  const fits =
    voucher.payer === payer.toLowerCase() &&
    voucher.payer === receipt.payer &&
    voucher.offerId === offerId &&
    voucher.lane === lane &&
    voucher.maxCumulative === voucherCumulative &&
    chargedCumulative <= voucherCumulative
  const offer = fits ? await chain.offer(offerId) : undefined
  if (!offer || offer.provider.toLowerCase() !== provider) return false
  const bytes = receiptDigest(receiptDomain, receipt)
  const signer = recovered(secp256k1, bytes, receipt.signature)
  if (!signer || !(await chain.isSignerOf(provider, signer))) return false
  const digest = bytesToHex(bytes)
  const model = `model ${offer.modelId}`
  lanes.adopt({ offerId, lane, charged: chargedCumulative, signed: voucherCumulative, lastReceipt: digest }, () => {
    if (!receipts.get(digest))
      receipts.insert({ digest, provider, model, proofKind: offer.proofKind, receipt, voucher: pair.voucher })
  })
  return true
}

function readPair({ voucher, receipt }: LanePair) {
  try {
    return { voucher: decodeVoucherHeader(voucher), receipt: decodeReceiptHeader(receipt) }
  } catch {
    return undefined
  }
}

function recovered(secp256k1: Secp256k1, digest: Uint8Array, signature: Uint8Array): Address | undefined {
  try {
    return secp256k1.recover(digest, signature)
  } catch (error) {
    if (error instanceof InvalidSignatureError) return undefined
    throw error
  }
}
