import { type JudgedAnswer, openPlayer, type Player } from '@stoa/engine/dispute'
import { requestOf, smallNet, smallNetInputs } from '@stoa/engine/dispute/testing'
import { FORMULAS_FILE, formulasOf } from '@stoa/engine/exact'
import { formulasOfModel } from '@stoa/engine/inference'
import {
  bytesToHex,
  decodeReceiptHeader,
  decodeTensors,
  encodeTensors,
  type Hex,
  RECEIPT_HEADER,
  type SignedReceipt,
} from '@stoa/protocol'
import {
  ContractRevertError,
  challengeAnswer,
  getArbiterTerms,
  getModel,
  getOffer,
  playMove,
  readGame,
  type WriteClient,
} from '@stoa/sdk'
import { materializeBundle, readCard } from '@stoa/storage'
import { createTestClient, http } from 'viem'
import { getBlockNumber } from 'viem/actions'
import { aVoucher, infer, openShop } from './shop.ts'

const graph = smallNet()
const inputs = smallNetInputs(1, 8)
const request = requestOf({ graph, inputs, formulas: formulasOf(graph) })

type Shop = Awaited<ReturnType<typeof openShop>>

/** A shop that sells a small network whose answers a contract judges, and somebody who challenges them without a reason. */
export async function openJudgedShop() {
  const shop = await openShop()
  const { deployment, chain, blobs, publish, offer } = shop.market
  const { profile, bond, clock, challengeWindow: window } = await getArbiterTerms(shop.market.provider, { deployment })
  const files = { 'model.onnx': graph.bytes, [FORMULAS_FILE]: formulasOfModel('graph', { 'model.onnx': graph.bytes }) }
  const { modelId } = await publish(files, { card: { name: 'small/net', task: 'graph', profile: 'exact/1' } })
  const arbiter = deployment.arbiter
  if (!arbiter) throw new Error('the deployment has no judge')
  const exact = { modelId, unit: 'call', price: 1_000_000n, proofKind: 'exact', arbiter, profile } as const
  const cheats = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })

  /** Buys an answer and keeps what a challenger needs. */
  const buy = async (url: string, offerId: Hex): Promise<Bought> => {
    const { buyer, payer } = await shop.openAccount()
    const voucher = buyer.header(aVoucher(payer, offerId))
    const response = await infer(url, voucher, new Uint8Array(encodeTensors(request)))
    if (!response.ok) throw new Error(await response.text())
    const receipt = decodeReceiptHeader(response.headers.get(RECEIPT_HEADER) ?? '')
    return { receipt, response: new Uint8Array(await response.arrayBuffer()) }
  }
  /** A player who believes that the network was given another request: what it disputes is right. */
  const mistaken = async ({ receipt, response }: Bought): Promise<Player> => {
    const { modelId, modelVersion } = await getOffer(shop.market.provider, { deployment, offerId: receipt.offerId })
    const { versions } = await getModel(shop.market.provider, { deployment, modelId })
    const version = versions.find((each) => each.version === modelVersion)
    if (!version) throw new Error('there is no such version')
    const card = await readCard(blobs, version.card)
    const { signature, ...signed } = receipt
    const answer: JudgedAnswer = {
      files: await materializeBundle({ card, weights: version.weights, blobs, folder: `${shop.folder}/challenger` }),
      bundle: card.files,
      request: request.map((tensor) => ({ ...tensor, data: tensor.data.map((byte) => byte ^ 1) })),
      response: decodeTensors(response),
      ...{ receipt: signed, signature: bytesToHex(signature), threads: 1 },
    }
    return openPlayer(answer)
  }
  return {
    ...{ shop, bond, clock, window, exact, buy },
    offer: () => offer(exact),
    /** Opens a game about an answer without a reason. */
    async challenge(bought: Bought) {
      const client = await shop.market.account(10n ** 8n)
      const { signature, ...receipt } = bought.receipt
      const { game, blockNumber } = await challengeAnswer(client, { deployment, receipt, signature })
      return challengerOf(shop, { client, game, fromBlock: blockNumber, player: await mistaken(bought) })
    },
    snapshot: () => cheats.snapshot(),
    restore: (id: Hex) => cheats.revert({ id }),
    /** Takes back the last blocks and what was in them, but none up to `kept`, and mines as many empty ones. */
    async reorganise(most: number, kept: bigint) {
      const above = Number((await getBlockNumber(shop.market.provider, { cacheTime: 0 })) - kept)
      await cheats.request({ method: 'anvil_reorg', params: [Math.min(most, above), []] } as never)
    },
    /** Moves the chain's clock. */
    async passTime(seconds: number) {
      await cheats.increaseTime({ seconds })
      await cheats.mine({ blocks: 1 })
    },
  }
}

export type Bought = { receipt: SignedReceipt; response: Uint8Array }

/** Somebody in a game, who moves when told to. */
function challengerOf(
  { market: { deployment } }: Shop,
  { client, game, fromBlock, player }: { client: WriteClient; game: bigint; fromBlock: bigint; player: Player },
) {
  const read = () => readGame(client, { deployment, game, fromBlock: fromBlock - 1n })
  return {
    game,
    block: fromBlock,
    read,
    /** Moves if it is its turn: true once it has nothing more to show that the contract takes. */
    async move(): Promise<boolean> {
      const played = await read()
      if (!played || played.verdict) return true
      const next = await player.nextStep('challenger', played)
      if (next.step === 'wait') return false
      if (next.step === 'concede') return true
      try {
        await playMove(client, { deployment, game, state: played.state, ...next.call })
        return false
      } catch (error) {
        if (!(error instanceof ContractRevertError)) throw error
        // Overtaken by a reorganisation, or refused for good.
        return error.code !== 'WrongState'
      }
    },
    close: () => player.close(),
  }
}

export type JudgedShop = Awaited<ReturnType<typeof openJudgedShop>>
