import { randomBytes } from 'node:crypto'
import type { Address, Hex, Offer } from '@stoa/protocol'
import { bytesToHex, domainSeparator, voucherDigest } from '@stoa/protocol'
import { javascriptSecp256k1 } from '@stoa/protocol/secp256k1'
import type { Deployment, SettlementClaim, WriteClient } from '@stoa/sdk'
import {
  createChainClient,
  createOffer,
  depositWithAuthorization,
  publishModel,
  registerProvider,
  settle,
  signDepositAuthorization,
} from '@stoa/sdk'
import { parseEther, zeroAddress, zeroHash } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { DEVELOPMENT_KEYS } from './developmentKeys.ts'
import { fundAccount } from './fundAccount.ts'

/** A local chain with Stoa on it, whose test dollar the first of `DEVELOPMENT_KEYS` mints. */
export type MeasureGasParameters = { rpcUrl: string; deployment: Deployment }

/** `gasUsed` of receipts; in a batch, per claim, rounded up. */
export type GasFigures = {
  /** A new payer's deposit with its first session key, in one transaction that somebody else sends. */
  onboard: number
  /** A claim alone in its transaction, on a lane never settled before. */
  settleFirst: number
  /** The same lane again. */
  settleRepeat: number
  /** 50 payers under one offer, each on a lane settled before. */
  batch50SameOffer: number
  /** 50 payers, each under an offer of its own, on lanes settled before. */
  batch50DistinctOffers: number
  /** The same for the first time. */
  batch50First: number
}

const BATCH = 50
/** Wei of each deposit, and charged by each claim. */
const DEPOSIT = 1_000_000n
const CHARGE = 1_000n
const VALID_SECONDS = 3_600

type Payer = { address: Address; session: Uint8Array }
type Bench = { deployment: Deployment; faucet: WriteClient; provider: WriteClient }

/**
 * Measures what the ledger costs, with a new provider and new payers. Signs vouchers as a gateway does; an exact price needs no model
 * to have answered.
 */
export async function measureGas({ rpcUrl, deployment }: MeasureGasParameters): Promise<GasFigures> {
  const clientOf = (key: Hex): WriteClient =>
    createChainClient({ rpcUrl, chainId: deployment.chainId, account: privateKeyToAccount(key) })
  const faucet = clientOf(DEVELOPMENT_KEYS[0])
  const provider = clientOf(bytesToHex(randomBytes(32)))
  const bench: Bench = { deployment, faucet, provider }

  const offers = await makeOffers(bench, BATCH + 1)
  const payers: Payer[] = []
  const onboarding: bigint[] = []
  for (let i = 0; i <= BATCH; i++) {
    const { payer, gasUsed } = await onboardPayer(bench)
    payers.push(payer)
    onboarding.push(gasUsed)
  }
  const [single, ...many] = payers.map((payer, i) => ({ payer, offerId: offers[i] ?? zeroHash }))
  const distinct = many
  const same = many.map(({ payer }) => ({ payer, offerId: single?.offerId ?? zeroHash }))
  const alone = single ? [single] : []

  const settleFirst = await settleUpTo(bench, alone, CHARGE)
  const settleRepeat = await settleUpTo(bench, alone, 2n * CHARGE)
  const batch50First = await settleUpTo(bench, distinct, CHARGE)
  const batch50DistinctOffers = await settleUpTo(bench, distinct, 2n * CHARGE)
  await settleUpTo(bench, same, CHARGE)
  const batch50SameOffer = await settleUpTo(bench, same, 2n * CHARGE)
  // Not the first ever, which makes the escrow's own slots too. Zero bytes of signatures are cheaper, so the dearest is the figure.
  const onboard = Math.max(...onboarding.slice(1).map(Number))
  return { onboard, settleFirst, settleRepeat, batch50SameOffer, batch50DistinctOffers, batch50First }
}

async function makeOffers({ deployment, faucet, provider }: Bench, count: number): Promise<Hex[]> {
  const { address } = provider.account
  await fundAccount(faucet, { deployment, to: address, wei: parseEther('1') })
  const endpoint = { endpoint: 'http://127.0.0.1:1', endpointKey: zeroHash, signer: address }
  await registerProvider(provider, { deployment, ...endpoint })
  const digest = bytesToHex(randomBytes(32))
  const { modelId } = await publishModel(provider, {
    deployment,
    card: digest,
    weights: digest,
    ownerSharePpm: 100_000,
  })
  const ids: Hex[] = []
  for (let i = 0; i < count; i++) {
    const offer: Offer = {
      provider: address,
      payee: address,
      modelId,
      modelVersion: 1,
      unit: 'call',
      price: CHARGE * 1_000_000n,
      ownerSharePpm: 100_000,
      proofKind: 'attested',
      arbiter: zeroAddress,
      profile: zeroHash,
      escrow: deployment.escrow,
      sink: deployment.revenueSink,
      exposure: DEPOSIT,
      slashCap: 0n,
      terms: zeroHash,
      salt: bytesToHex(randomBytes(32)),
    }
    ids.push((await createOffer(provider, { deployment, offer })).offerId)
  }
  return ids
}

async function onboardPayer({ deployment, faucet }: Bench): Promise<{ payer: Payer; gasUsed: bigint }> {
  const account = privateKeyToAccount(bytesToHex(randomBytes(32)))
  const session = Uint8Array.from(randomBytes(32))
  // More than the deposit, so that no refund for an emptied balance flatters the figure.
  await fundAccount(faucet, { deployment, to: account.address, usd: 2n * DEPOSIT })
  const key = javascriptSecp256k1().addressOf(session)
  const authorization = await signDepositAuthorization(faucet, { deployment, account, key, amount: DEPOSIT })
  const { gasUsed } = await depositWithAuthorization(faucet, { deployment, authorization })
  return { payer: { address: account.address, session }, gasUsed }
}

/** Settles lane 0 of every payer and offer up to `cumulative`; returns the gas per claim. */
async function settleUpTo(
  { deployment, provider }: Bench,
  lanes: readonly { payer: Payer; offerId: Hex }[],
  cumulative: bigint,
): Promise<number> {
  const separator = domainSeparator({ chainId: deployment.chainId, verifyingContract: deployment.escrow })
  const validUntil = Math.floor(Date.now() / 1_000) + VALID_SECONDS
  const secp256k1 = javascriptSecp256k1()
  const claims = lanes.map(({ payer, offerId }): SettlementClaim => {
    const voucher = { payer: payer.address, offerId, lane: 0n, maxCumulative: cumulative, validUntil }
    return {
      voucher,
      signature: secp256k1.sign(voucherDigest(separator, voucher), payer.session),
      cumulative,
      calls: 1,
    }
  })
  const { gasUsed } = await settle(provider, { deployment, claims })
  return Math.ceil(Number(gasUsed) / claims.length)
}
