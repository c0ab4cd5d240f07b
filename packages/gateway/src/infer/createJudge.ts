import {
  type Address,
  BaseError,
  bytesToHex,
  decodeReceiptHeader,
  decodeTensors,
  domainSeparator,
  receiptDigest,
  type Tensor,
} from '@stoa/protocol'
import type { Secp256k1 } from '@stoa/protocol/secp256k1'
import type { Logger } from '../logger.ts'
import type { Chain } from '../market/chain.ts'
import type { Health } from '../market/health.ts'
import type { Call } from '../payment/lane.ts'
import type { LaneBook } from '../payment/openLaneBook.ts'
import type { Outcome } from '../provider/outcome.ts'
import { ReceiptCheckError, verifyReceipt } from '../provider/verifyReceipt.ts'
import type { RiskBook } from '../routing/riskBook.ts'
import type { EvidenceTable } from '../store/evidenceTable.ts'
import type { KeptReceipt, ReceiptTable } from '../store/receiptTable.ts'
import type { Sale } from './sale.ts'

/** An answer that passed every check of specs/receipt.md, and is recorded. */
export type Verdict = { response: Tensor[]; record: KeptReceipt }

/** Decides what an answer is worth, and records it before anybody sees it. */
export type Judge = {
  /**
   * Checks an answer to `call` and closes the call: with its receipt, or by retiring the lane, keeping the answer as evidence and
   * distrusting the provider. Throws `ReceiptCheckError`, `InvalidTensorError` or `MalformedMessageError` in the second case; rejects with
   * the chain's error, leaving the call open, when an unknown signer can't be looked up.
   */
  judge(call: Call, sale: Sale, answer: Outcome & { kind: 'answered' }): Promise<Verdict>
  /** Closes a call whose provider broke the rules: the same consequences, without an answer to check. */
  condemn(call: Call, sale: Sale, reason: string): void
}

export type CreateJudgeParameters = {
  chainId: number
  providerRegistry: Address
  secp256k1: Secp256k1
  chain: Pick<Chain, 'isSignerOf'>
  lanes: LaneBook
  receipts: ReceiptTable
  evidence: EvidenceTable
  health: Health
  risks: Pick<RiskBook, 'charged'>
  logger: Logger
  /** Milliseconds since 1970. */
  now: () => number
  /** Told of a receipt that the provider signed for other weights than it sold: by itself it convicts, where a contract judges the offer. */
  onOtherWeights: (record: KeptReceipt) => void
}

export function createJudge(parameters: CreateJudgeParameters): Judge {
  const {
    chainId,
    providerRegistry,
    secp256k1,
    chain,
    lanes,
    receipts,
    evidence,
    health,
    risks,
    logger,
    now,
    onOtherWeights,
  } = parameters
  const separator = domainSeparator({ chainId, verifyingContract: providerRegistry })
  // Former keys stay accountable, so what was the provider's key once is one for ever.
  const signers = new Set<string>()

  const checkSigner = async (sale: Sale, signer: Address): Promise<void> => {
    const { address, signer: current } = sale.listing.provider
    const pair = `${address}:${signer}`
    if (signer === current || signers.has(pair)) return
    if (!(await chain.isSignerOf(address, signer)))
      throw new ReceiptCheckError(`${signer} signed it, which is no key of ${address}`)
    signers.add(pair)
  }
  /** A receipt for other weights is worth something to the judge if it is the provider's own. */
  const accuse = async (call: Call, sale: Sale, receiptHeader: string) => {
    try {
      const receipt = decodeReceiptHeader(receiptHeader)
      if (receipt.weightsDigest === sale.weightsDigest || receipt.offerId !== sale.listing.offerId) return
      const digest = receiptDigest(separator, receipt)
      await checkSigner(sale, secp256k1.recover(digest, receipt.signature))
      const { provider, proofKind } = sale.listing
      const names = { provider: provider.address, model: sale.model, proofKind }
      onOtherWeights({ digest: bytesToHex(digest), receipt, voucher: call.header, ...names })
    } catch (error) {
      if (!(error instanceof BaseError)) throw error
    }
  }
  const condemn = (
    call: Call,
    sale: Sale,
    reason: string,
    found: { receipt?: string; answer?: Uint8Array } = {},
  ): void => {
    const { provider, offerId } = sale.listing
    const { header: voucher, requestDigest } = call
    evidence.insert({ provider: provider.address, offerId, reason, voucher, requestDigest, ...found })
    lanes.retire(call)
    health.distrust(provider.address, reason)
    logger({ type: 'answer-rejected', provider: provider.address, offerId, reason })
  }

  return {
    async judge(call, sale, { receiptHeader, body }) {
      const { listing, weightsDigest, model } = sale
      try {
        const receipt = decodeReceiptHeader(receiptHeader)
        const response = decodeTensors(body)
        const { price } = listing.offer
        const { proofKind } = listing
        const check = { receipt, call, price, proofKind, now: now(), weightsDigest, response, secp256k1, separator }
        const { signer, digest } = verifyReceipt(check)
        await checkSigner(sale, signer)
        const { address: provider } = listing.provider
        const record = { digest, provider, model, proofKind, receipt, voucher: call.header }
        const { chargedCumulative } = receipt
        lanes.answered(call, { digest, chargedCumulative }, () => {
          receipts.insert(record)
          risks.charged(provider, receipt.charge)
        })
        return { response, record }
      } catch (error) {
        if (isFault(error)) await accuse(call, sale, receiptHeader)
        if (isFault(error)) condemn(call, sale, error.shortMessage, { receipt: receiptHeader, answer: body })
        throw error
      }
    },
    condemn: (call, sale, reason) => condemn(call, sale, reason),
  }
}

/** Whether the error says that the answer is wrong, rather than that it could not be checked. */
export function isFault(error: unknown): error is BaseError {
  const faults = ['RECEIPT_CHECK_FAILED', 'INVALID_TENSOR', 'MALFORMED_MESSAGE']
  return error instanceof BaseError && faults.includes(error.code)
}
