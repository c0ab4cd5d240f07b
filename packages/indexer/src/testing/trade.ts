import { domainSeparator, type Hex, type Receipt, receiptDigest, voucherDigest } from '@stoa/protocol'
import {
  escrowAbi,
  graphArbiterAbi,
  modelRegistryAbi,
  offerPaymentsAbi,
  providerRegistryAbi,
  revenueSinkAbi,
  stoaUsdAbi,
} from '@stoa/protocol/abi'
import { signPayment } from '@stoa/sdk'
import {
  bytesToHex,
  decodeEventLog,
  numberToHex,
  parseSignature,
  signatureToCompactSignature,
  zeroAddress,
  zeroHash,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { digest, type Ledger } from './ledger.ts'

type Seller = { address: Hex; key: ReturnType<Ledger['key']> }
type Sold = { id: Hex; seller: Seller; exact: boolean }

export type Trade = Awaited<ReturnType<typeof openTrade>>

const DAY = 86_400
/** Models of a rush, and gas for a block that takes all of it. */
const [RUSH, RUSH_GAS] = [30, 2_000_000_000n]

/** Sellers, buyers and model owners who do what they are told, each by a number: the same numbers, the same ledger. */
export async function openTrade(ledger: Ledger) {
  const { deployment, post, test, secp256k1 } = ledger
  const { modelRegistry, providerRegistry, escrow, revenueSink, token, chainId } = deployment
  const { arbiter = zeroAddress, offerPayments = zeroAddress } = deployment
  const people: Hex[] = []
  for (let i = 0; i < 6; i++) people.push(await ledger.account())
  const person = (n: number): Hex => people[n % people.length] ?? zeroAddress
  const sellers: Seller[] = [0, 1].map((n) => ({ address: person(n), key: ledger.key(100 + n) }))
  const seller = (n: number) => sellers[n % sellers.length] as Seller
  const session = (n: number) => ledger.key(1 + (n % people.length))
  const signers = [1, 2].map((n) => privateKeyToAccount(bytesToHex(ledger.key(n).secret)))
  for (const { address } of signers) await ledger.outfit(address)
  let nonces = 0
  const offers: Sold[] = []
  const games: { id: bigint; state: unknown; receipt: Receipt; signature: Hex }[] = []
  let salt = 0
  const profile = await test.readContract({ address: arbiter, abi: graphArbiterAbi, functionName: 'PROFILE' })

  const models = () => test.readContract({ address: modelRegistry, abi: modelRegistryAbi, functionName: 'modelCount' })
  const modelOf = async (n: number) => 1n + (BigInt(n) % ((await models()) || 1n))

  const terms = async (n: number, exact: boolean) => {
    const modelId = await modelOf(n)
    const read = { address: modelRegistry, abi: modelRegistryAbi, args: [modelId] } as const
    const ownerSharePpm = await test.readContract({ ...read, functionName: 'ownerSharePpm' })
    const modelVersion = await test.readContract({ ...read, functionName: 'activeVersion' })
    const { address } = seller(n)
    const judged = exact
      ? { proofKind: 1, arbiter, profile }
      : { proofKind: 0, arbiter: zeroAddress, profile: zeroHash }
    return {
      ...{
        provider: address,
        payee: person(n + 3),
        modelId,
        modelVersion,
        unit: n % 4,
        price: BigInt(1 + n),
        ownerSharePpm,
      },
      ...judged,
      ...{ escrow, sink: revenueSink, exposure: 1_000n, slashCap: 1_000_000n, terms: zeroHash, salt: digest(++salt) },
    }
  }
  const eventsOf = async (hash: Hex, abi: typeof graphArbiterAbi | typeof providerRegistryAbi, eventName: string) => {
    const { logs } = await ledger.receipt(hash)
    return logs.flatMap((log) => {
      try {
        const event = decodeEventLog({ abi, ...log })
        return event.eventName === eventName ? [event.args as unknown as Record<string, unknown>] : []
      } catch {
        return []
      }
    })
  }
  const registry = (from: Hex, name: string, args: unknown[]) =>
    post(from, providerRegistry, providerRegistryAbi, name, args)
  const made = async (hash: Hex, n: number, exact: boolean) => {
    for (const { offerId } of await eventsOf(hash, providerRegistryAbi, 'OfferCreated'))
      offers.push({ id: offerId as Hex, seller: seller(n), exact })
  }
  const offer = (n: number) => offers[n % Math.max(1, offers.length)]

  /** A receipt of a sale that a seller signed. */
  const receipt = async ({ id, seller: { key } }: Sold, n: number) => {
    const now = await ledger.now()
    const signed: Receipt = {
      ...{
        version: 1,
        offerId: id,
        payer: person(n),
        lane: BigInt(n % 3),
        voucherCumulative: 0n,
        weightsDigest: digest(n),
      },
      ...{ requestDigest: digest(n + 1), responseDigest: digest(n + 2), units: 1n, charge: 0n, chargedCumulative: 0n },
      ...{ requestedAt: now, answeredAt: now },
    }
    const domain = domainSeparator({ chainId, verifyingContract: providerRegistry })
    return { receipt: signed, signature: bytesToHex(secp256k1.sign(receiptDigest(domain, signed), key.secret)) }
  }

  const claims = async (n: number, count: number) => {
    const { id } = offer(n) ?? { id: zeroHash }
    // One in eleven comes too late, and is refused.
    const validUntil = (await ledger.now()) + (n % 11 === 10 ? -DAY : DAY)
    const domain = domainSeparator({ chainId, verifyingContract: escrow })
    return Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const [payer, lane] = [person(n + i), BigInt(i % 3)]
        const channel = {
          address: escrow,
          abi: escrowAbi,
          functionName: 'getChannel',
          args: [payer, id, lane],
        } as const
        const { settled } = await test.readContract(channel)
        const cumulative = settled + BigInt(1 + ((n * 7 + i) % 5_000))
        const voucher = { payer, offerId: id, lane, maxCumulative: cumulative, validUntil }
        const signature = secp256k1.sign(voucherDigest(domain, voucher), session(n + i).secret)
        const [r, vs] = [bytesToHex(signature.subarray(0, 32)), bytesToHex(signature.subarray(32))]
        // How many calls it was, a settler states as it likes.
        const calls = n % 13 === 2 ? 2 ** 32 - 1 : 1 + (n % 9)
        return { payer, lane, maxCumulative: cumulative, cumulative, validUntil, calls, r, vs }
      }),
    )
  }
  /** A transfer to an offer's account that its payer signed. */
  const authorization = async (n: number, offerId: Hex, amount = BigInt(1 + n)) => {
    const [account, nonce] = [signers[n % signers.length], numberToHex(++nonces, { size: 32 })]
    const validBefore = BigInt((await ledger.now()) + DAY)
    const terms = { deployment, offerId, amount, nonce, validBefore, ...(account && { account }) }
    const { payer, validAfter, signature } = await signPayment(test, terms)
    const { r, yParityAndS: vs } = signatureToCompactSignature(parseSignature(signature))
    return { payer, amount, validAfter, validBefore, nonce, r, vs }
  }
  /** Tokens that come to an offer's account with nobody's word. */
  const give = async (n: number, offerId: Hex) => {
    const read = { address: offerPayments, abi: offerPaymentsAbi, functionName: 'accountOf', args: [offerId] } as const
    await post(person(n), token, stoaUsdAbi, 'transfer', [await test.readContract(read), BigInt(1 + n)])
  }
  const move = async (n: number, name: 'commit' | 'proveSilence' | 'dismiss') => {
    const game = games[n % Math.max(1, games.length)]
    if (!game) return
    const { id, state, receipt: told, signature } = game
    const from = (state as { provider: Hex }).provider
    if (name === 'commit') {
      const hash = await post(from, arbiter, graphArbiterAbi, 'commit', [id, state, 2, [digest(n), digest(n + 1)]])
      for (const event of await eventsOf(hash, graphArbiterAbi, 'RowPosted')) game.state = event.state
    } else {
      await ledger.pass(8 * DAY)
      await post(
        person(n),
        arbiter,
        graphArbiterAbi,
        name,
        name === 'dismiss' ? [id, state] : [id, state, told, signature],
      )
    }
  }

  /** Everything that somebody can do. What is not possible when it is asked for leaves no event. */
  const actions: ((n: number) => Promise<unknown>)[] = [
    (n) =>
      post(person(n), modelRegistry, modelRegistryAbi, 'publish', [person(n), digest(n), digest(n + 1), 300_000, 500n]),
    async (n) => {
      const id = await modelOf(n)
      const owner = await test
        .readContract({ address: modelRegistry, abi: modelRegistryAbi, functionName: 'ownerOf', args: [id] })
        .catch(() => person(n))
      const call = (name: string, args: unknown[]) => post(owner, modelRegistry, modelRegistryAbi, name, args)
      if (n % 5 === 0) return call('publishVersion', [id, digest(n), digest(n + 2)])
      if (n % 5 === 1) return call('activate', [id, 1 + (n % 2)])
      if (n % 5 === 2) return call('setOwnerShare', [id, (n % 6) * 100_000])
      if (n % 5 === 3) return call('setResaleRoyalty', [id, n % 2 ? zeroAddress : person(n), n % 2 ? 0n : 250n])
      return call('transferFrom', [owner, person(n + 1), id])
    },
    (n) => registry(seller(n).address, 'register', [`https://seller-${n}.example`, digest(n), seller(n).key.address]),
    (n) => registry(seller(n).address, 'setEndpoint', [`https://moved-${n}.example`, digest(n)]),
    (n) => registry(person(n), 'stake', [seller(n).address, BigInt(5_000_000 + n)]),
    (n) => registry(seller(n).address, 'unbond', [BigInt(1 + n)]),
    async (n) => made(await registry(seller(n).address, 'createOffer', [await terms(n, false)]), n, false),
    async (n) => made(await registry(seller(n).address, 'createOffer', [await terms(n, true)]), n, true),
    async (n) => {
      const old = offer(n)
      if (!old) return
      const { address } = old.seller
      if (n % 2) return registry(address, 'closeOffer', [old.id])
      const next = { ...(await terms(n, false)), provider: address }
      return made(await registry(address, 'replaceOffer', [old.id, next]), sellers.indexOf(old.seller), false)
    },
    (n) => post(person(n), escrow, escrowAbi, 'deposit', [person(n), session(n).address, BigInt(20_000 + n)]),
    (n) => post(person(n), escrow, escrowAbi, n % 2 ? 'addKey' : 'removeKey', [ledger.key(50 + (n % 40)).address]),
    (n) => post(person(n), escrow, escrowAbi, 'requestWithdrawal', [BigInt(n % 4 ? 1 + n : 0)]),
    async (n) => {
      if (n % 3 === 0) await ledger.pass(3 * DAY)
      return post(person(n), escrow, escrowAbi, 'withdraw', [person(n + 1)])
    },
    async (n) => {
      const until = (await ledger.now()) + 3_600
      return post(person(n), escrow, escrowAbi, 'lock', [
        offer(n)?.id ?? zeroHash,
        BigInt(n % 3),
        BigInt(100 + n),
        until,
      ])
    },
    async (n) => {
      const lane = BigInt(n % 3)
      if (n % 2) await ledger.pass(4_000)
      return post(person(n), escrow, escrowAbi, 'unlock', [person(n), offer(n)?.id ?? zeroHash, lane])
    },
    async (n) => {
      const sold = offer(n)
      if (!sold) return
      // Few claims are booked in another way than many.
      const batch = [{ offerId: sold.id, claims: await claims(n, n % 4 === 2 ? 12 : 1 + (n % 4)) }]
      return post(sold.seller.address, escrow, escrowAbi, 'settle', [sold.seller.address, batch])
    },
    (n) => post(person(n), escrow, escrowAbi, 'pay', [offer(n)?.id ?? zeroHash, BigInt(1 + n)]),
    async (n) => {
      const [one, other] = [offer(n), offer(n + 1)]
      if (!one || !other) return
      if (n % 3 === 0) await give(n, one.id)
      if (n % 5 === 4) return post(person(n), offerPayments, offerPaymentsAbi, 'sweep', [one.id])
      // One offer twice, by two payers and by one; another by somebody who has too little for one of two.
      const batch = [
        { offerId: one.id, authorizations: [await authorization(n, one.id), await authorization(n + 1, one.id)] },
        {
          offerId: other.id,
          authorizations: [await authorization(n, other.id), await authorization(n, other.id, 10n ** 20n)],
        },
        { offerId: one.id, authorizations: [await authorization(n, one.id)] },
      ]
      return post(person(n), offerPayments, offerPaymentsAbi, 'settle', [batch])
    },
    (n) => post(person(n), revenueSink, revenueSinkAbi, 'collect', [offer(n)?.id ?? zeroHash]),
    (n) => post(person(n), revenueSink, revenueSinkAbi, 'withdraw', [person(n + 3)]),
    async (n) => {
      const sold = offers.filter(({ exact }) => exact)[n % 3]
      if (!sold) return
      const signed = await receipt(sold, n)
      const hash = await post(person(n + 2), arbiter, graphArbiterAbi, 'challenge', [signed.receipt, signed.signature])
      for (const { game, state } of await eventsOf(hash, graphArbiterAbi, 'Challenged'))
        games.push({ id: game as bigint, state, ...signed })
    },
    (n) => move(n, 'commit'),
    (n) => move(n, n % 2 ? 'proveSilence' : 'dismiss'),
    async (n) => {
      const sold = offers.filter(({ exact }) => exact)[n % 3]
      if (!sold) return
      const signed = await receipt(sold, n)
      return post(person(n), arbiter, graphArbiterAbi, 'proveWeights', [signed.receipt, signed.signature])
    },
  ]
  return {
    /** How many kinds of things can be done. */
    kinds: actions.length,
    act: (kind: number, n: number) => actions[kind % actions.length]?.(n) ?? Promise.resolve(),
    /** Publishes thirty models in one block, and changes each of them in the next: more rows of one table than an engine writes one by one. */
    async rush(n: number) {
      const from = await models()
      await test.setBlockGasLimit({ gasLimit: RUSH_GAS })
      const inOneBlock = async (call: (k: number) => Promise<unknown>) => {
        await test.setAutomine(false)
        for (let k = 0; k < RUSH; k++) await call(k)
        await test.mine({ blocks: 1 })
        await test.setAutomine(true)
      }
      const owner = person(n)
      const registered = (name: string, args: unknown[]) => post(owner, modelRegistry, modelRegistryAbi, name, args)
      await inOneBlock((k) => registered('publish', [owner, digest(n + k), digest(n), 300_000, 500n]))
      await inOneBlock((k) => registered('setOwnerShare', [from + BigInt(1 + k), 100_000 + k]))
    },
    /** A market in which most things are possible. */
    async begin() {
      for (const n of [0, 1, 2]) await actions[0]?.(n)
      for (const kind of [2, 4, 6, 7]) for (const n of [0, 1]) await actions[kind]?.(n)
      for (const n of [0, 1, 2, 3, 4, 5]) await actions[9]?.(n)
      for (const kind of [15, 17, 18, 19]) for (const n of [0, 1, 2, 3]) await actions[kind]?.(n)
      await actions[15]?.(10)
      await actions[17]?.(9)
    },
  }
}
