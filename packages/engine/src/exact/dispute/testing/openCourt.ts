import { randomBytes } from 'node:crypto'
import { DEVELOPMENT_KEYS, deployStoa, fundAccount, startChain } from '@stoa/localnet'
import {
  type BundleFile,
  bundleDigest,
  bytesToHex,
  domainSeparator,
  type Hex,
  merkleRoot,
  type Receipt,
  receiptDigest,
  type Tensor,
  tensorsDigest,
} from '@stoa/protocol'
import { javascriptSecp256k1 } from '@stoa/protocol/secp256k1'
import {
  challengeAnswer,
  createChainClient,
  createOffer,
  getArbiterTerms,
  type PlayedGame,
  playMove,
  publishModel,
  readGame,
  registerProvider,
  stake,
  type WriteClient,
} from '@stoa/sdk'
import { parseEther, zeroAddress, zeroHash } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlock, getBlockNumber } from 'viem/actions'
import { FORMULAS_FILE, type Formulas, formulasFile } from '../../formula/index.ts'
import type { ExactGraph } from '../../profile/index.ts'
import { type Call, type Complaint, challengerCall, sellerCall } from '../callOf.ts'
import { challengerMove, type Shown } from '../challengerMove.ts'
import type { FoldClaim, Game } from '../game.ts'
import { modelOpening } from '../modelOpening.ts'
import { type Case, openCase } from '../openCase.ts'
import type { OwnRun } from '../ownRun.ts'
import { responseOf } from '../responseOf.ts'
import type { SellerMove } from '../sellerMove.ts'

const secp256k1 = javascriptSecp256k1()

/** How a game on a chain went: gas by move, in order. */
export type PlayedOut = {
  readonly convicted: boolean
  readonly ground: number | undefined
  readonly moves: readonly { readonly move: string; readonly by: 'seller' | 'challenger'; readonly gas: bigint }[]
}

/** A move that is right and about to be made. */
export type Turn = {
  readonly by: 'seller' | 'challenger'
  readonly game: bigint
  readonly state: Game
  readonly call: Call
  /** What the game is about, as the seller signed it. */
  readonly signed: { readonly receipt: Receipt; readonly signature: Uint8Array }
}

/** A chain with the judge on it, a staked seller, and somebody who challenges. */
export async function openCourt() {
  const chain = await startChain()
  const clientOf = (key: Hex): WriteClient =>
    createChainClient({ ...chain, account: privateKeyToAccount(key), pollingInterval: 20 })
  const faucet = clientOf(DEVELOPMENT_KEYS[0])
  const deployment = await deployStoa(faucet)
  const signerKey = randomBytes(32)
  const join = async (key: Hex): Promise<WriteClient> => {
    const client = clientOf(key)
    await fundAccount(faucet, { deployment, to: client.account.address, wei: parseEther('100'), usd: 10n ** 12n })
    return client
  }
  const [seller, challenger] = [await join(bytesToHex(signerKey)), await join(bytesToHex(randomBytes(32)))]
  const signer = secp256k1.addressOf(signerKey)
  await registerProvider(seller, { deployment, endpoint: 'http://127.0.0.1:1', endpointKey: zeroHash, signer })
  await stake(seller, { deployment, amount: 10n ** 11n })
  const { profile } = await getArbiterTerms(seller, { deployment })

  /** Publishes a graph with its formulas, and offers it under the judge: once, however many games are about it. */
  const offers = new WeakMap<ExactGraph, ReturnType<typeof publish>>()
  const offer = (graph: ExactGraph, formulas: Formulas) => {
    const made = offers.get(graph) ?? publish(graph, formulas)
    offers.set(graph, made)
    return made
  }

  const publish = async (graph: ExactGraph, formulas: Formulas) => {
    const commitments = formulasFile(new Map([['model.onnx', formulas.root]]))
    const contents = { 'model.onnx': graph.bytes, [FORMULAS_FILE]: commitments }
    const { files, ...offered } = await offerFiles(contents, profile)
    return { ...offered, files, commitments, model: modelOpening(files, commitments, formulas) }
  }

  /** Publishes a bundle, and offers it under the judge by a profile. */
  const offerFiles = async (contents: Readonly<Record<string, Uint8Array>>, profile: Hex) => {
    const files = Object.entries(contents).map(
      ([path, data]): BundleFile => ({ path, bytes: data.length, root: bytesToHex(merkleRoot(data)) }),
    )
    const weights = bundleDigest(files)
    const terms = { deployment, card: bytesToHex(randomBytes(32)), weights, ownerSharePpm: 0 }
    const { modelId } = await publishModel(seller, terms)
    const { offerId } = await createOffer(seller, {
      deployment,
      offer: {
        ...{ provider: signer, payee: signer, modelId, modelVersion: 1, unit: 'call', price: 1_000_000n },
        ...{ ownerSharePpm: 0, proofKind: 'exact', arbiter: deployment.arbiter ?? zeroAddress, profile },
        ...{ escrow: deployment.escrow, sink: deployment.revenueSink, exposure: 1n, slashCap: 1_000_000n },
        ...{ terms: zeroHash, salt: bytesToHex(randomBytes(32)) },
      },
    })
    return { offerId, weights, files }
  }

  let lanes = 0n
  /** The seller's receipt for an answer, as if it had been paid for: each on a lane of its own, so that no two are the same. */
  const sign = async (offerId: Hex, weights: Hex, request: readonly Tensor[], response: readonly Tensor[]) => {
    const now = Number((await getBlock(seller)).timestamp)
    const receipt: Receipt = {
      ...{ version: 1, offerId, payer: challenger.account.address, lane: ++lanes, voucherCumulative: 1n },
      ...{ weightsDigest: weights, requestDigest: tensorsDigest(request), responseDigest: tensorsDigest(response) },
      ...{ units: 1n, charge: 1n, chargedCumulative: 1n, requestedAt: now, answeredAt: now },
    }
    const { chainId, providerRegistry } = deployment
    const domain = domainSeparator({ chainId, verifyingContract: providerRegistry })
    return { receipt, signature: secp256k1.sign(receiptDigest(domain, receipt), signerKey) }
  }

  /** Plays one game to its verdict, or until the challenger has nothing to say. */
  async function play(parameters: {
    graph: ExactGraph
    formulas: Formulas
    request: readonly Tensor[]
    truth: OwnRun
    told: OwnRun
    respond: (game: Game, folds: readonly FoldClaim[], told: Case) => Promise<SellerMove | undefined>
    /** Called before every move but the challenge. */
    beforeMove?: (turn: Turn) => Promise<void>
  }): Promise<PlayedOut> {
    const { graph, formulas, request, truth, told, respond, beforeMove } = parameters
    const { offerId, weights, model } = await offer(graph, formulas)
    const response = responseOf(graph, told)
    const { receipt, signature } = await sign(offerId, weights, request, response)
    const answeredRight = tensorsDigest(response) === tensorsDigest(responseOf(graph, truth))
    const [own, theirs] = [truth, told].map((run) => openCase({ run, formulas, request, model })) as [Case, Case]
    const { outputs } = formulas
    const complaint: Complaint = { receipt, signature: bytesToHex(signature), response, outputs }
    const fromBlock = await getBlockNumber(seller, { cacheTime: 0 })
    const begun = await challengeAnswer(challenger, { deployment, receipt, signature })
    const moves: PlayedOut['moves'][number][] = [{ move: 'challenge', by: 'challenger', gas: begun.gasUsed }]
    const send = async (by: 'seller' | 'challenger', played: PlayedGame, { move, args }: Call) => {
      const { game, state } = played
      await beforeMove?.({ by, game, state, call: { move, args }, signed: { receipt, signature } })
      const client = by === 'seller' ? seller : challenger
      moves.push({ move, by, gas: (await playMove(client, { deployment, game, state, move, args })).gasUsed })
    }
    for (;;) {
      const played = await readGame(seller, { deployment, game: begun.game, fromBlock })
      if (!played) throw new Error('the game is gone')
      if (played.verdict) return { convicted: played.verdict.convicted, ground: played.verdict.ground, moves }
      const { state } = played
      const answer = await respond(state, played.folds, theirs)
      if (answer) {
        await send('seller', played, sellerCall(answer))
        continue
      }
      const shown: Shown = played
      const move = await challengerMove({ ...own, answeredRight }, state, shown)
      const call = move && (await challengerCall(own, complaint, state, shown, move))
      if (!call) return { convicted: false, ground: undefined, moves }
      await send('challenger', played, call)
    }
  }
  return { play, offer, offerFiles, sign, seller, challenger, deployment, chain, close: () => chain.stop() }
}
