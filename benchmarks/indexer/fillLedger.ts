import { digest, type Ledger } from '@stoa/indexer/testing'
import { domainSeparator, type Hex, voucherDigest } from '@stoa/protocol'
import { escrowAbi, modelRegistryAbi, providerRegistryAbi } from '@stoa/protocol/abi'
import { bytesToHex, numberToHex, zeroAddress, zeroHash } from 'viem'

const PAYERS = 50
const LANES = 8
/** Claims in one transaction: some 5 million gas. */
const BATCH = 200
/** As much as fifty transactions may use. */
const BLOCK_GAS = 2_000_000_000n

export type Market = { settle(count: number): Promise<void>; models(count: number): Promise<void> }

/** One seller of one model, and fifty buyers with deposits, who then do what a market does most. */
export async function openBigMarket(ledger: Ledger): Promise<Market> {
  const { deployment, post, secp256k1 } = ledger
  const { modelRegistry, providerRegistry, escrow, revenueSink, chainId } = deployment
  // By default a block takes one transaction's limit of gas, and fifty would wait for fifty blocks.
  await ledger.test.setBlockGasLimit({ gasLimit: BLOCK_GAS })
  const seller = await ledger.account()
  const publish = (n: number) =>
    post(seller, modelRegistry, modelRegistryAbi, 'publish', [seller, digest(n + 1), digest(n + 2), 300_000, 0n])
  await publish(0)
  await post(seller, providerRegistry, providerRegistryAbi, 'register', ['https://s.example', zeroHash, seller])
  await post(seller, providerRegistry, providerRegistryAbi, 'stake', [seller, 10n ** 9n])
  const offer = (modelId: bigint) => ({
    ...{ provider: seller, payee: seller, modelId, modelVersion: 1, unit: 0, price: 1n, ownerSharePpm: 300_000 },
    ...{ proofKind: 0, arbiter: zeroAddress, profile: zeroHash, escrow, sink: revenueSink, exposure: 1n, slashCap: 1n },
    ...{ terms: zeroHash, salt: zeroHash },
  })
  const sell = (modelId: bigint) => post(seller, providerRegistry, providerRegistryAbi, 'createOffer', [offer(modelId)])
  await sell(1n)
  const read = { address: providerRegistry, abi: providerRegistryAbi, functionName: 'offerIdOf' } as const
  const offerId: Hex = await ledger.test.readContract({ ...read, args: [offer(1n)] })
  const key = ledger.key(9)
  const payers: Hex[] = []
  for (let i = 0; i < PAYERS; i++) {
    const payer = await ledger.account()
    await post(payer, escrow, escrowAbi, 'deposit', [payer, key.address, 10n ** 11n])
    payers.push(payer)
  }
  const separator = domainSeparator({ chainId, verifyingContract: escrow })
  const owed = new Map<string, bigint>()
  const validUntil = (await ledger.now()) + 40 * 3_600
  let turn = 0
  const claim = () => {
    const payer = payers[turn % PAYERS] ?? seller
    const lane = BigInt(Math.floor(turn++ / PAYERS) % LANES)
    const cumulative = (owed.get(`${payer}${lane}`) ?? 0n) + 17n
    owed.set(`${payer}${lane}`, cumulative)
    const voucher = { payer, offerId, lane, maxCumulative: cumulative, validUntil }
    const signature = secp256k1.sign(voucherDigest(separator, voucher), key.secret)
    const [r, vs] = [bytesToHex(signature.subarray(0, 32)), bytesToHex(signature.subarray(32))]
    return { payer, lane, maxCumulative: cumulative, cumulative, validUntil, calls: 3, r, vs }
  }
  return {
    async settle(count) {
      for (let done = 0; done < count; done += BATCH) {
        const claims = Array.from({ length: Math.min(BATCH, count - done) }, claim)
        const hash = await post(seller, escrow, escrowAbi, 'settle', [seller, [{ offerId, claims }]])
        // A chain takes more transactions than it has mined: what is timed must be there.
        await ledger.receipt(hash)
      }
    },
    async models(count) {
      const block = async (work: () => Promise<void>) => {
        await ledger.test.setAutomine(false)
        await work()
        await ledger.test.mine({ blocks: 1 })
        await ledger.test.setAutomine(true)
      }
      for (let n = 0; n < count; n += 50) {
        await block(async () => {
          for (let i = 0; i < 50; i++) await publish(n + i)
        })
        await block(async () => {
          for (let i = 0; i < 50; i++) await sell(BigInt(2 + n + i))
        })
      }
    },
  }
}

/** A payer, for questions. */
export const A_PAYER: Hex = numberToHex(0xacc0_0002n, { size: 20 })
