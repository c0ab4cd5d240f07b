import { setTimeout as sleep } from 'node:timers/promises'
import { modelOpening, type OwnRun, openCase, responseOf, sellerCall, sellerMove } from '@stoa/engine/dispute'
import { lyingRun, requestOf, smallNet, smallNetInputs } from '@stoa/engine/dispute/testing'
import { FORMULAS_FILE, formulasFile, formulasOf } from '@stoa/engine/exact'
import {
  type BundleFile,
  bundleDigest,
  bytesToHex,
  encodeModelCard,
  type Hex,
  merkleRoot,
  sha256,
  tensorsDigest,
} from '@stoa/protocol'
import { getArbiterTerms, listGames, playMove, publishModel, readGame } from '@stoa/sdk'
import type { LocalMarket } from './localMarket.ts'
import { startTestProvider } from './testProvider.ts'

const graph = smallNet()
const inputs = smallNetInputs(1, 8)
const formulas = formulasOf(graph)
const commitments = formulasFile(new Map([['model.onnx', formulas.root]]))
const truth = lyingRun(graph, inputs)

/** The one request that the seller of a judged shop answers. */
export const request = requestOf({ graph, inputs, formulas })

/** A run with one bit of one activation turned, early enough that its answer is another. */
function lie(): OwnRun {
  const right = tensorsDigest(responseOf(graph, truth))
  for (const { index } of truth.entries.slice(2)) {
    const told = lyingRun(graph, inputs, { entry: index, element: 0, change: (x) => x ^ 1n })
    if (tensorsDigest(responseOf(graph, told)) !== right) return told
  }
  throw new Error('no lie changes the answer')
}

export type JudgedShop = Awaited<ReturnType<typeof openJudgedShop>>

export type JudgedShopOptions = {
  name: string
  honest?: boolean
  /** Answers rightly for weights that the ledger does not have. */
  otherWeights?: boolean
}

/** A seller of a judged model on a market, which answers `request`, honestly or not, and plays the games about it as long as it is told to. */
export async function openJudgedShop(market: LocalMarket, { name, honest, otherWeights }: JudgedShopOptions) {
  const { deployment, secp256k1 } = market
  const told = honest || otherWeights ? truth : lie()
  const response = responseOf(graph, told)
  const seller = await market.seller('http://127.0.0.1:1')
  const provider = await startTestProvider({ secp256k1, deployment, signerKey: seller.signerKey })
  provider.behave({
    answer: () => response,
    ...(otherWeights && { lie: () => ({ weightsDigest: `0x${'77'.repeat(32)}` }) }),
  })
  await seller.moveTo(provider.url)

  const contents = new Map([
    ['model.onnx', graph.bytes],
    [FORMULAS_FILE, commitments],
  ])
  const files: (BundleFile & { cid: string })[] = []
  for (const [path, data] of contents) {
    const { cid } = await provider.hold(data)
    files.push({ path, cid, bytes: data.length, root: bytesToHex(merkleRoot(data)) })
  }
  const words = { title: 'A net', description: 'For tests.', licence: 'Apache-2.0', source: 'here' }
  const card = encodeModelCard({ stoa: 'model-card/1', name, task: 'graph', profile: 'exact/1', ...words, files })
  await provider.hold(card)
  const weights = bundleDigest(files)
  const terms = { deployment, card: bytesToHex(sha256(card)), weights, ownerSharePpm: 100_000 }
  const { modelId } = await publishModel(await market.account(0n), terms)
  const { profile } = await getArbiterTerms(seller.client, { deployment })
  const { offer, offerId } = await market.offer(seller.client, {
    ...{ modelId, unit: 'call', price: 1_000_000n, proofKind: 'exact', slashCap: 10_000_000n },
    ...{ profile, arbiter: deployment.arbiter as Hex },
  })
  provider.sell(offerId, { offer, weights })

  const own = openCase({ run: told, formulas, request, model: modelOpening(files, commitments, formulas) })
  /** Makes whatever moves are this seller's, once. */
  const play = async () => {
    for (const { game, on } of await listGames(seller.client, { deployment, provider: seller.address })) {
      const played = on ? await readGame(seller.client, { deployment, game }) : undefined
      if (!played || played.verdict) continue
      const move = await sellerMove(told, played.state, played.folds, own.foldStates)
      if (!move) continue
      const call = { deployment, game, state: played.state, ...sellerCall(move) }
      await playMove(seller.client, call).catch(() => undefined)
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
