import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type JudgedAnswer, type JudgedTask, openPlayer, type Player } from '@stoa/engine/dispute'
import { requestOf, smallNet, smallNetInputs, tinyPage } from '@stoa/engine/dispute/testing'
import { FORMULAS_FILE, formulasOf } from '@stoa/engine/exact'
import { formulasOfModel } from '@stoa/engine/inference'
import {
  bytesToHex,
  decodeReceiptHeader,
  decodeTensors,
  encodeTensors,
  type Hex,
  judgedProfile,
  RECEIPT_HEADER,
  type SignedReceipt,
  type Tensor,
  type Unit,
} from '@stoa/protocol'
import {
  ContractRevertError,
  challengeAnswer,
  encodeOpening,
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

/** What a node of a test sells under the judge, and what somebody wrong about it believes: that it was asked something else, or is another model. */
export type JudgedGoods = {
  readonly task: JudgedTask
  readonly unit: Unit
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly request: readonly Tensor[]
  readonly believed: {
    readonly request?: readonly Tensor[]
    readonly files?: Readonly<Record<string, Uint8Array>>
  }
}

/** A small network of the task `graph`. */
export function judgedNet(): JudgedGoods {
  const graph = smallNet()
  const request = requestOf({ graph, inputs: smallNetInputs(1, 8), formulas: formulasOf(graph) })
  const files = { 'model.onnx': graph.bytes, [FORMULAS_FILE]: formulasOfModel('graph', { 'model.onnx': graph.bytes }) }
  const other = request.map((tensor) => ({ ...tensor, data: tensor.data.map((byte) => byte ^ 1) }))
  return { task: 'graph', unit: 'call', files, request, believed: { request: other } }
}

/** A small model of the task `ocr` with a page; another has a shade brighter detector, and reads the letter c for b. */
export function judgedPage(): JudgedGoods {
  const { contents: files, request } = tinyPage()
  return {
    task: 'ocr',
    unit: 'pixel',
    files,
    request,
    believed: { files: tinyPage({ brightness: 101, keys: ['a', 'c'] }).contents },
  }
}

type Shop = Awaited<ReturnType<typeof openShop>>

/** A shop that sells a model whose answers a contract judges, the small network where left out, and somebody who challenges them without a reason. */
export async function openJudgedShop({ task, unit, files, request, believed }: JudgedGoods = judgedNet()) {
  const shop = await openShop()
  const { deployment, chain, blobs, publish, offer } = shop.market
  const { bond, clock, challengeWindow: window } = await getArbiterTerms(shop.market.provider, { deployment })
  const { modelId } = await publish(files, { card: { name: `small/${task}`, task, profile: 'exact/1' } })
  const arbiter = deployment.arbiter
  if (!arbiter) throw new Error('the deployment has no judge')
  const profile = judgedProfile(task)
  const exact = { modelId, unit, price: 1_000_000n, proofKind: 'exact', arbiter, profile } as const
  const cheats = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })

  /** Buys an answer and keeps what a challenger needs. */
  const buy = async (url: string, offerId: Hex): Promise<Bought> => {
    const { buyer, payer } = await shop.openAccount()
    const voucher = buyer.header(aVoucher(payer, offerId))
    const response = await infer(url, voucher, new Uint8Array(encodeTensors([...request])))
    if (!response.ok) throw new Error(await response.text())
    const receipt = decodeReceiptHeader(response.headers.get(RECEIPT_HEADER) ?? '')
    return { receipt, response: new Uint8Array(await response.arrayBuffer()) }
  }
  /** A player who is wrong about what it disputes. */
  const mistaken = async ({ receipt, response }: Bought): Promise<Player> => {
    const { modelId, modelVersion } = await getOffer(shop.market.provider, { deployment, offerId: receipt.offerId })
    const { versions } = await getModel(shop.market.provider, { deployment, modelId })
    const version = versions.find((each) => each.version === modelVersion)
    if (!version) throw new Error('there is no such version')
    const card = await readCard(blobs, version.card)
    const { signature, ...signed } = receipt
    const folder = await mkdtemp(join(shop.folder, 'challenger-'))
    const own = await materializeBundle({ card, weights: version.weights, blobs, folder })
    const answer: JudgedAnswer = {
      task,
      files: believed.files ? await writtenTo(folder, believed.files) : own,
      bundle: card.files,
      request: believed.request ?? request,
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
      const player = await mistaken(bought)
      const complaint = await player.complaint()
      if (complaint?.complain !== 'challenge') throw new Error('the player is not mistaken')
      const { stage } = complaint
      const opened = stage && { place: BigInt(stage.place), opening: encodeOpening(stage.opening) }
      const opens = { deployment, receipt, signature, ...(opened && { stage: opened }) }
      const { game, blockNumber } = await challengeAnswer(client, opens)
      return challengerOf(shop, { client, game, fromBlock: blockNumber, player })
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

/** Writes files into a new folder beside; name → path. */
async function writtenTo(folder: string, contents: Readonly<Record<string, Uint8Array>>) {
  const files: Record<string, string> = {}
  for (const [name, bytes] of Object.entries(contents)) {
    files[name] = join(folder, `believed-${name}`)
    await writeFile(files[name], bytes)
  }
  return files
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
