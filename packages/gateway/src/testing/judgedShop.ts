import { setTimeout as sleep } from 'node:timers/promises'
import {
  type BundleFile,
  bundleDigest,
  bytesToHex,
  encodeModelCard,
  type Hex,
  judgedProfile,
  merkleRoot,
  sha256,
} from '@stoa/protocol'
import { listGames, moveCall, openSender, publishModel, readGame, type SignerClient } from '@stoa/sdk'
import { type JudgedGoods, judgedNet } from './judgedGoods.ts'
import type { LocalMarket } from './localMarket.ts'
import { startTestProvider } from './testProvider.ts'

export type JudgedShop = Awaited<ReturnType<typeof openJudgedShop>>

export type JudgedShopOptions = {
  name: string
  honest?: boolean
  /** What it sells; the small network where left out. */
  goods?: JudgedGoods
  /** Answers rightly for weights that the ledger does not have. */
  otherWeights?: boolean
}

/** A seller of a judged model on a market, which answers the one request of its goods, honestly or not, and plays the games about it as long as it is told to. */
export async function openJudgedShop(market: LocalMarket, { name, honest, goods, otherWeights }: JudgedShopOptions) {
  const { deployment, secp256k1 } = market
  const { task, unit, contents, response, play: playWith } = goods ?? judgedNet(honest || otherWeights || false)
  const seller = await market.seller('http://127.0.0.1:1')
  const provider = await startTestProvider({ secp256k1, deployment, signerKey: seller.signerKey })
  provider.behave({
    answer: () => [...response],
    ...(otherWeights && { lie: () => ({ weightsDigest: `0x${'77'.repeat(32)}` }) }),
  })
  await seller.moveTo(provider.url)

  const files: (BundleFile & { cid: string })[] = []
  for (const [path, data] of Object.entries(contents)) {
    const { cid } = await provider.hold(data)
    files.push({ path, cid, bytes: data.length, root: bytesToHex(merkleRoot(data)) })
  }
  const words = { title: 'A net', description: 'For tests.', licence: 'Apache-2.0', source: 'here' }
  const card = encodeModelCard({ stoa: 'model-card/1', name, task, profile: 'exact/1', ...words, files })
  await provider.hold(card)
  const weights = bundleDigest(files)
  const terms = { deployment, card: bytesToHex(sha256(card)), weights, ownerSharePpm: 100_000 }
  const { modelId } = await publishModel(await market.account(0n), terms)
  const { offer, offerId } = await market.offer(seller.client, {
    ...{ modelId, unit, price: 1_000_000n, proofKind: 'exact', slashCap: 10_000_000n },
    ...{ profile: judgedProfile(task), arbiter: deployment.arbiter as Hex },
  })
  provider.sell(offerId, { offer, weights })

  const next = playWith(files)
  // A move that a reorganisation took away is made again soon.
  const sender = openSender(seller.client as SignerClient, { chainId: deployment.chainId, patience: 2_000 })
  /** Makes whatever moves are this seller's, once. */
  const play = async () => {
    for (const { game, on } of await listGames(seller.client, { deployment, provider: seller.address })) {
      const played = on ? await readGame(seller.client, { deployment, game }) : undefined
      if (!played || played.verdict) continue
      const move = await next(played)
      if (move.step !== 'call') continue
      const call = { deployment, game, state: played.state, ...move.call }
      await sender.send(moveCall(call)).catch(() => undefined)
    }
  }
  let playing = true
  const playingOn = (async () => {
    while (playing) {
      await play().catch(() => undefined)
      await sleep(20)
    }
  })()
  return {
    ...{ seller, provider, offerId, name, play, slashCap: offer.slashCap },
    /** Makes no more moves. */
    async fallSilent() {
      playing = false
      await playingOn
    },
    async close() {
      playing = false
      await playingOn
      await provider.close()
    },
  }
}
