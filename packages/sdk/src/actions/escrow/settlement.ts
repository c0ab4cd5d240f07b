import type { Address, Hex, Voucher } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import type { TransactionReceipt } from 'viem'
import { bytesToHex } from 'viem'
import { UnexpectedAnswerError } from '../../errors/chainErrors.ts'
import { eventsOf } from '../../internal/eventOf.ts'
import { type WriteResult, writeResult } from '../../sendCall.ts'

/** One voucher to settle. */
export type SettlementClaim = {
  voucher: Voucher
  /** 64-byte EIP-2098 signature of the voucher by one of the payer's session keys. */
  signature: Uint8Array
  /** Wei charged on the lane in all, at most the voucher's `maxCumulative`: the last receipt's `chargedCumulative`. */
  cumulative: bigint
  /** Calls since the lane was last settled; informational. */
  calls: number
}

/** Why a claim moved nothing, by the contract's numbers. */
export const REFUSALS = ['expired', 'wrongSigner', 'overVoucher', 'unknownOffer', 'noFunds'] as const
export type Refusal = (typeof REFUSALS)[number]

type Lane = { payer: Address; offerId: Hex; lane: bigint }

/** `paid`: wei moved now, less than due when the deposit ran dry. `settled`: how far the lane got, wei in all. */
export type SettledClaim = Lane & { paid: bigint; settled: bigint }
export type RefusedClaim = Lane & { reason: Refusal }

/** A claim in neither list was settled that far already. */
export type SettlementResult = WriteResult & { settled: SettledClaim[]; refused: RefusedClaim[] }

type ClaimStruct = {
  payer: Address
  lane: bigint
  maxCumulative: bigint
  cumulative: bigint
  validUntil: number
  calls: number
  r: Hex
  vs: Hex
}

/** The contract's `OfferClaims`. */
export type OfferClaims = { offerId: Hex; claims: ClaimStruct[] }

/** Groups claims by offer, offers and claims in the order given: a group costs one write of its offer's revenue. */
export function encodeBatch(claims: readonly SettlementClaim[]): OfferClaims[] {
  const groups = new Map<Hex, ClaimStruct[]>()
  for (const { voucher, signature, cumulative, calls } of claims) {
    const { payer, lane, maxCumulative, validUntil } = voucher
    const offerId = voucher.offerId.toLowerCase() as Hex
    const group = groups.get(offerId) ?? []
    const [r, vs] = [bytesToHex(signature.subarray(0, 32)), bytesToHex(signature.subarray(32))]
    group.push({ payer, lane, maxCumulative, cumulative, validUntil, calls, r, vs })
    groups.set(offerId, group)
  }
  return [...groups].map(([offerId, claims]) => ({ offerId, claims }))
}

/** Reads what became of each claim from the transaction's events. */
export function decodeSettlement(receipt: TransactionReceipt, escrow: Address): SettlementResult {
  const settled = eventsOf(receipt, { address: escrow, abi: escrowAbi, eventName: 'Settled' })
  const refused = eventsOf(receipt, { address: escrow, abi: escrowAbi, eventName: 'ClaimRefused' })
  return {
    ...writeResult(receipt),
    settled: settled.map(({ payer, offerId, lane, paid, settled }) => ({ payer, offerId, lane, paid, settled })),
    refused: refused.map(({ payer, offerId, lane, reason: number }) => {
      const reason = REFUSALS[number]
      if (!reason) throw new UnexpectedAnswerError(`a claim refused for reason ${number}`)
      return { payer, offerId, lane, reason }
    }),
  }
}
