import {
  type Address,
  bytesToHex,
  chargeFor,
  decodeReceiptHeader,
  decodeVoucherHeader,
  domainSeparator,
  type Hex,
  receiptDigest,
  type SignedReceipt,
  type Tensor,
  tensorsDigest,
} from '@stoa/protocol'
import { type Deployment, getModel, getOffer, isSignerOf, offerIdOf, type ReadClient } from '@stoa/sdk'
import { compactSignatureToSignature, parseCompactSignature, recoverAddress, serializeSignature } from 'viem'
import type { Receipt } from '../../data/receipts.ts'
import { groupDigits } from '../../lib/groupDigits.ts'

/** One thing that was checked here, in the browser. `unknown`: what it needs is not here. */
export type Finding = { name: string; state: 'right' | 'wrong' | 'unknown'; says: string }

/** Request and response as far as this page holds them. */
export type Held = {
  request?: readonly Tensor[] | undefined
  response?: readonly Tensor[] | undefined
  /** The request was made here once more, by a decoder that may round otherwise: where its digest is another, that says nothing. */
  isRequestRemade?: boolean
}

export type CheckReceiptParameters = { client: ReadClient; deployment: Deployment; receipt: Receipt; held?: Held }

/**
 * Checks a receipt anew from its signed bytes and the ledger, trusting neither gateway nor seller (specs/receipt.md). Rejects where the
 * ledger can't be read.
 */
export async function checkReceipt({
  client,
  deployment,
  receipt,
  held = {},
}: CheckReceiptParameters): Promise<Finding[]> {
  const signed = decodeReceiptHeader(receipt.header)
  const { chainId, providerRegistry } = deployment
  const separator = domainSeparator({ chainId, verifyingContract: providerRegistry })
  const digest = bytesToHex(receiptDigest(separator, signed))
  const [signer, offer] = await Promise.all([
    signerOf(digest, signed.signature),
    getOffer(client, { deployment, offerId: signed.offerId }),
  ])
  const [isRegistered, model] = await Promise.all([
    signer ? isSignerOf(client, { deployment, provider: offer.provider, signer }) : false,
    getModel(client, { deployment, modelId: offer.modelId }),
  ])
  const version = model.versions.find((each) => each.version === offer.modelVersion)
  const charge = chargeFor(signed.units, offer.price)
  const voucher = decodeVoucherHeader(receipt.voucher)
  return [
    checkDigest(receipt, signed, digest),
    finding('Signature', isRegistered, {
      right: `Signed by ${signer}, which the ledger has as a receipt key of the provider.`,
      wrong: `Signed by ${signer ?? 'nobody'}, which is no receipt key of the provider on the ledger.`,
    }),
    finding('Offer', offerIdOf({ deployment, offer }) === signed.offerId && same(offer.provider, receipt.provider), {
      right: 'The terms on the ledger hash to the offer’s id, and are this provider’s.',
      wrong: 'The ledger has other terms under this id, or another provider’s.',
    }),
    finding('Weights', version?.weights === signed.weightsDigest, {
      right: `The weights that version ${offer.modelVersion} of model ${offer.modelId} commits to on the ledger.`,
      wrong: `Other weights than version ${offer.modelVersion} of model ${offer.modelId} commits to.`,
    }),
    finding('Charge', charge === signed.charge, {
      right: `${words(signed.units)} ${unitWord(offer.unit, signed.units)} × ${words(offer.price)} wei per million, rounded up, are ${words(charge)} wei.`,
      wrong: `${words(signed.units)} ${unitWord(offer.unit, signed.units)} cost ${words(charge)} wei by the offer, ${words(signed.charge)} are charged.`,
    }),
    finding(
      'Within the voucher',
      voucher.maxCumulative === signed.voucherCumulative && signed.chargedCumulative <= voucher.maxCumulative,
      {
        right: `${words(signed.chargedCumulative)} wei in all on this lane; the voucher promises at most ${words(voucher.maxCumulative)}.`,
        wrong: `${words(signed.chargedCumulative)} wei are charged in all; the voucher promises ${words(voucher.maxCumulative)}.`,
      },
    ),
    checkTensors('Request', held.request, signed.requestDigest, held.isRequestRemade),
    checkTensors('Response', held.response, signed.responseDigest),
  ]
}

/** What is shown must be what was signed, member by member, and its digest the receipt's name. */
function checkDigest(receipt: Receipt, signed: SignedReceipt, digest: Hex): Finding {
  const shown: readonly (readonly [unknown, unknown])[] = [
    [receipt.offer_id, signed.offerId],
    [receipt.payer.toLowerCase(), signed.payer],
    [receipt.lane, signed.lane],
    [receipt.voucher_cumulative, signed.voucherCumulative],
    [receipt.weights_digest, signed.weightsDigest],
    [receipt.request_digest, signed.requestDigest],
    [receipt.response_digest, signed.responseDigest],
    [receipt.units, signed.units],
    [receipt.charge, signed.charge],
    [receipt.charged_cumulative, signed.chargedCumulative],
    [receipt.requested_at, signed.requestedAt],
    [receipt.answered_at, signed.answeredAt],
    [receipt.digest, digest],
  ]
  return finding(
    'Digest',
    shown.every(([a, b]) => a === b),
    {
      right: 'Computed again over every member as EIP-712 has it: the same.',
      wrong: `The signed bytes say something else than what is shown; their digest is ${digest}.`,
    },
  )
}

async function signerOf(digest: Hex, signature: Uint8Array): Promise<Address | undefined> {
  const compact = parseCompactSignature(bytesToHex(signature))
  return recoverAddress({
    hash: digest,
    signature: serializeSignature(compactSignatureToSignature(compact)),
  }).catch(() => undefined)
}

function checkTensors(
  name: 'Request' | 'Response',
  tensors: readonly Tensor[] | undefined,
  signed: Hex,
  isRemade = false,
): Finding {
  if (!tensors) {
    const says = `This page does not hold the ${name.toLowerCase()} in the form that was signed; the gateway compared it.`
    return { name, state: 'unknown', says }
  }
  const isSame = tensorsDigest(tensors) === signed
  if (isRemade && !isSame) {
    const says =
      'This browser decodes the picture with other roundings than the gateway, so its pixels say nothing; the gateway compared its own.'
    return { name, state: 'unknown', says }
  }
  return finding(name, isSame, {
    right: `The digest over the ${name.toLowerCase()} that this page holds is the one that was signed.`,
    wrong: `The digest over the ${name.toLowerCase()} that this page holds is another than the one that was signed.`,
  })
}

function finding(name: string, isRight: boolean, words: { right: string; wrong: string }): Finding {
  return { name, state: isRight ? 'right' : 'wrong', says: isRight ? words.right : words.wrong }
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

const words = (count: bigint) => groupDigits(String(count))

const unitWord = (unit: string, count: bigint) => (count === 1n ? unit : `${unit}s`)
