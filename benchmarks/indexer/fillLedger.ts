import { digest, type LedgerHands } from '@stoa/indexer/testing'
import { domainSeparator, type Hex, voucherDigest } from '@stoa/protocol'
import { escrowAbi, modelRegistryAbi, providerRegistryAbi } from '@stoa/protocol/abi'
import { bytesToHex, zeroAddress, zeroHash } from 'viem'

const PAYERS = 50
const LANES = 8
/** Claims in one transaction: some 5 million gas. */
const BATCH = 200
/** As much as fifty transactions may use. */
const BLOCK_GAS = 2_000_000_000n
/** Transactions in one block. */
const AT_ONCE = 50

export type MarketOptions = {
  /** Sellers, of which each sells as many models as any other; 1. */
  sellers?: number
  /** Where they answer. */
  endpoint?: string
  /** SHA-256 of the card of the n-th model. */
  cardOf?: (n: number) => Hex
  /** Who pays besides fifty accounts that are made. */
  payers?: readonly Hex[]
}

export type Market = {
  /** Settles claims: of the first offer where there is one seller, else a seller's in turn, over all its offers. */
  settle(count: number): Promise<void>
  /** Publishes and offers models, a multiple of fifty. */
  models(count: number): Promise<void>
}

type Seller = { address: Hex; offers: Hex[] }

/** Sellers of models, and fifty buyers with deposits, who then do what a market does most. */
export async function openBigMarket(ledger: LedgerHands, options: MarketOptions = {}): Promise<Market> {
  const { sellers: count = 1, endpoint = 'https://s.example', cardOf = someDigest, payers: more = [] } = options
  const { deployment, post, test, secp256k1 } = ledger
  const { modelRegistry, providerRegistry, escrow, revenueSink, chainId } = deployment
  // By default a block takes one transaction's limit of gas, and fifty would wait for fifty blocks.
  await test.setBlockGasLimit({ gasLimit: BLOCK_GAS })
  const sellers: [Seller, ...Seller[]] = [await openSeller()]
  while (sellers.length < count) sellers.push(await openSeller())
  const sellerOf = (n: number) => sellers[n % sellers.length] ?? sellers[0]
  const key = ledger.key(9)
  const payers: Hex[] = []
  for (let i = 0; i < PAYERS; i++) payers.push(await ledger.account())
  for (const payer of more) await ledger.outfit(payer)
  payers.push(...more)
  for (const payer of payers) await post(payer, escrow, escrowAbi, 'deposit', [payer, key.address, 10n ** 11n])
  let published = Number(
    await test.readContract({ address: modelRegistry, abi: modelRegistryAbi, functionName: 'modelCount' }),
  )
  await sell(sellers[0], await publish(sellers[0], 0))

  async function openSeller(): Promise<Seller> {
    const address = await ledger.account()
    await post(address, providerRegistry, providerRegistryAbi, 'register', [endpoint, zeroHash, address])
    await post(address, providerRegistry, providerRegistryAbi, 'stake', [address, 10n ** 9n])
    return { address, offers: [] }
  }

  async function publish({ address }: Seller, n: number): Promise<bigint> {
    await post(address, modelRegistry, modelRegistryAbi, 'publish', [
      address,
      cardOf(n),
      someDigest(n + 1),
      300_000,
      0n,
    ])
    return BigInt(++published)
  }

  async function sell({ address, offers }: Seller, modelId: bigint): Promise<void> {
    const offer = {
      ...{ provider: address, payee: address, modelId, modelVersion: 1, unit: 0, price: 1n, ownerSharePpm: 300_000 },
      ...{
        proofKind: 0,
        arbiter: zeroAddress,
        profile: zeroHash,
        escrow,
        sink: revenueSink,
        exposure: 1n,
        slashCap: 1n,
      },
      ...{ terms: zeroHash, salt: zeroHash },
    }
    const read = { address: providerRegistry, abi: providerRegistryAbi, functionName: 'offerIdOf' } as const
    offers.push(await test.readContract({ ...read, args: [offer] }))
    await post(address, providerRegistry, providerRegistryAbi, 'createOffer', [offer])
  }

  const separator = domainSeparator({ chainId, verifyingContract: escrow })
  const owed = new Map<string, bigint>()
  const validUntil = (await ledger.now()) + 40 * 3_600
  let turn = 0
  const claim = (offerId: Hex) => {
    const payer = payers[turn % payers.length] ?? sellers[0].address
    const lane = BigInt(Math.floor(turn++ / payers.length) % LANES)
    const cumulative = (owed.get(`${offerId}${payer}${lane}`) ?? 0n) + 17n
    owed.set(`${offerId}${payer}${lane}`, cumulative)
    const voucher = { payer, offerId, lane, maxCumulative: cumulative, validUntil }
    const signature = secp256k1.sign(voucherDigest(separator, voucher), key.secret)
    const [r, vs] = [bytesToHex(signature.subarray(0, 32)), bytesToHex(signature.subarray(32))]
    return { payer, lane, maxCumulative: cumulative, cumulative, validUntil, calls: 3, r, vs }
  }
  return {
    async settle(count) {
      for (let done = 0; done < count; done += BATCH) {
        const seller = sellerOf(done / BATCH)
        const offers = sellers.length > 1 ? seller.offers : seller.offers.slice(0, 1)
        const claims = Math.min(BATCH, count - done)
        const batch = offers.map((offerId, i) => {
          const share = Math.ceil((claims - i) / offers.length)
          return { offerId, claims: Array.from({ length: share }, () => claim(offerId)) }
        })
        const hash = await post(seller.address, escrow, escrowAbi, 'settle', [seller.address, batch])
        // A chain takes more transactions than it has mined: what is timed must be there.
        await ledger.receipt(hash)
      }
    },
    async models(count) {
      const block = async (work: () => Promise<void>) => {
        await test.setAutomine(false)
        await work()
        await test.mine({ blocks: 1 })
        await test.setAutomine(true)
      }
      for (let from = 0; from < count; from += AT_ONCE) {
        const ids: bigint[] = []
        await block(async () => {
          for (let n = from; n < from + AT_ONCE; n++) ids.push(await publish(sellerOf(n), n + 1))
        })
        await block(async () => {
          for (const [i, id] of ids.entries()) await sell(sellerOf(from + i), id)
        })
      }
    },
  }
}

/** One that is not zero, which the registry refuses. */
const someDigest = (n: number): Hex => digest(1 + (n % 255))
