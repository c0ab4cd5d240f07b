import { randomBytes } from 'node:crypto'
import { DEVELOPMENT_KEYS, deployStoa, fundAccount, startChain } from '@stoa/localnet'
import type { Hex, Offer, Receipt, Voucher } from '@stoa/protocol'
import { domainSeparator, receiptDigest, voucherDigest } from '@stoa/protocol'
import { javascriptSecp256k1 } from '@stoa/protocol/secp256k1'
import { bytesToHex, createTestClient, http, parseEther, zeroAddress, zeroHash } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlock } from 'viem/actions'
import { createOffer } from '../actions/market/createOffer.ts'
import { registerProvider } from '../actions/market/registerProvider.ts'
import { stake } from '../actions/market/stake.ts'
import { publishModel } from '../actions/models/publishModel.ts'
import type { WriteClient } from '../clients.ts'
import { createChainClient } from '../createChainClient.ts'
import type { Deployment } from '../deployment.ts'

/** Wei of test dollars that every account starts with. */
export const FUNDS = 1_000_000_000n
export const STAKE = 100_000_000n
const secp256k1 = javascriptSecp256k1()

export type Market = Awaited<ReturnType<typeof openMarket>>

/** A real chain of its own with the real contracts, and funded strangers on it. `close` it after the tests. */
export async function openMarket() {
  const chain = await startChain()
  const clientOf = (key: Hex): WriteClient =>
    createChainClient({ ...chain, account: privateKeyToAccount(key), pollingInterval: 50 })
  const faucet = clientOf(DEVELOPMENT_KEYS[0])
  const deployment = await deployStoa(faucet)
  const join = async (): Promise<WriteClient> => {
    const client = clientOf(randomHex())
    await fundAccount(faucet, { deployment, to: client.account.address, wei: parseEther('1'), usd: FUNDS })
    return client
  }
  const time = async () => Number((await getBlock(faucet)).timestamp)
  const test = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })
  const pass = async (seconds: number) => {
    await test.increaseTime({ seconds })
    await test.mine({ blocks: 1 })
  }
  return { chain, deployment, faucet, join, time, pass, test, close: () => chain.stop() }
}

/** A provider with stake, a receipt key, a model of another owner, and an offer for it; what a test names differs. */
export async function openShop(market: Market, terms: Partial<Offer> = {}) {
  const { deployment } = market
  const [provider, owner] = [await market.join(), await market.join()]
  const signer = randomBytes(32)
  const endpoint = { endpoint: 'https://seller.example', endpointKey: randomHex(), signer: addressOf(signer) }
  await registerProvider(provider, { deployment, ...endpoint })
  await stake(provider, { deployment, amount: STAKE })
  const { modelId } = await publishModel(owner, {
    deployment,
    card: randomHex(),
    weights: randomHex(),
    ownerSharePpm: 250_000,
  })
  const offer = { ...offerOf(deployment, provider, modelId), ...terms }
  const { offerId } = await createOffer(provider, { deployment, offer })
  return { provider, owner, signer, modelId, offer, offerId }
}

export function offerOf(deployment: Deployment, provider: WriteClient, modelId: bigint): Offer {
  const { address } = provider.account
  return {
    provider: address,
    payee: address,
    modelId,
    modelVersion: 1,
    unit: 'pixel',
    price: 3_000n,
    ownerSharePpm: 250_000,
    proofKind: 'attested',
    arbiter: zeroAddress,
    profile: zeroHash,
    escrow: deployment.escrow,
    sink: deployment.revenueSink,
    exposure: 50_000n,
    slashCap: 10_000_000n,
    terms: randomHex(),
    salt: randomHex(),
  }
}

export function randomHex(): Hex {
  return bytesToHex(randomBytes(32))
}

export function addressOf(privateKey: Uint8Array) {
  return secp256k1.addressOf(privateKey)
}

export function signVoucher({ chainId, escrow }: Deployment, voucher: Voucher, key: Uint8Array): Uint8Array {
  const separator = domainSeparator({ chainId, verifyingContract: escrow })
  return secp256k1.sign(voucherDigest(separator, voucher), key)
}

export function signReceipt({ chainId, providerRegistry }: Deployment, receipt: Receipt, key: Uint8Array): Uint8Array {
  const separator = domainSeparator({ chainId, verifyingContract: providerRegistry })
  return secp256k1.sign(receiptDigest(separator, receipt), key)
}

/** A receipt for a lane's first call; what a test names differs. */
export function receiptOf(fields: Pick<Receipt, 'offerId' | 'payer' | 'charge'> & Partial<Receipt>): Receipt {
  const now = Math.floor(Date.now() / 1_000)
  return {
    version: 1,
    lane: 0n,
    voucherCumulative: fields.charge,
    weightsDigest: randomHex(),
    requestDigest: randomHex(),
    responseDigest: randomHex(),
    units: 1n,
    chargedCumulative: fields.charge,
    requestedAt: now,
    answeredAt: now,
    ...fields,
  }
}
