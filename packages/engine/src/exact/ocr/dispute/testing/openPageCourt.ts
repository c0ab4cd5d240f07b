import { randomBytes } from 'node:crypto'
import {
  type BundleFile,
  bundleDigest,
  bytesToHex,
  encodeTensorHeader,
  fileDigest,
  type Hex,
  keccak256,
  merkleRoot,
  merkleTree,
  type Tensor,
  tensorsDigest,
} from '@stoa/protocol'
import {
  challengeAnswer,
  createOffer,
  encodePageOpening,
  type PlayedGame,
  playMove,
  publishModel,
  readGame,
} from '@stoa/sdk'
import { zeroAddress, zeroHash } from 'viem'
import { getBlockNumber } from 'viem/actions'
import { type Call, sellerCall } from '../../../dispute/callOf.ts'
import { modelOpening } from '../../../dispute/modelOpening.ts'
import { type Case, openCase } from '../../../dispute/openCase.ts'
import type { OwnRun } from '../../../dispute/ownRun.ts'
import { sellerMove } from '../../../dispute/sellerMove.ts'
import { concatHex } from '../../../dispute/stage.ts'
import { openCourt, type PlayedOut } from '../../../dispute/testing/openCourt.ts'
import { FORMULAS_FILE, type Formulas, formulasFile, formulasOf } from '../../../formula/index.ts'
import type { ExactGraph } from '../../../profile/index.ts'
import type { PageTrace } from '../../trace/openPageTrace.ts'
import { pageEntryIndex, piecesOf } from '../../trace/pageLayout.ts'
import { pageCall, runCall } from '../pageCall.ts'
import type { KeysFile } from '../pageEvidence.ts'
import { pageMove } from '../pageMove.ts'
import { openPageRun } from '../pageRun.ts'

const nameHash = (name: string): Hex => bytesToHex(keccak256(new TextEncoder().encode(name)))
const STEPS = nameHash('steps')
const PROFILE = nameHash('stoa/exact/1/ocr')

/** A model of the task "ocr": its two graphs and its dictionary. */
export type PageModel = {
  readonly graphs: Readonly<Record<'det.onnx' | 'rec.onnx', ExactGraph>>
  readonly keys: Uint8Array
}

export type GraphFile = keyof PageModel['graphs']

/** Someone who read a page: what of it is committed to, and runs of the graphs on what the trace has for their input. */
export type PageReader = {
  readonly trace: PageTrace
  /** @param place 0 is the detector's run, i + 1 the recogniser's of piece i. */
  readonly runOf: (file: GraphFile, image: Tensor, place: number) => Promise<OwnRun>
}

/** A chain with the judge, a seller that offers an OCR model, and somebody who challenges. */
export async function openPageCourt({ graphs, keys }: PageModel) {
  const court = await openCourt()
  const { seller, challenger, deployment } = court
  const formulas = {
    'det.onnx': formulasOf(graphs['det.onnx']),
    'rec.onnx': formulasOf(graphs['rec.onnx']),
  } satisfies Record<GraphFile, Formulas>
  const commitments = formulasFile(new Map(Object.entries(formulas).map(([path, { root }]) => [path, root])))
  const file = (path: string, data: Uint8Array): BundleFile => ({
    ...{ path, bytes: data.length },
    root: bytesToHex(merkleRoot(data)),
  })
  const files = [
    file('det.onnx', graphs['det.onnx'].bytes),
    file(FORMULAS_FILE, commitments),
    file('keys.txt', keys),
    file('rec.onnx', graphs['rec.onnx'].bytes),
  ]
  const weights = bundleDigest(files)
  const keysFile: KeysFile = {
    ...{ data: keys, tree: merkleTree(keys), place: 2 },
    files: files.map((each) => bytesToHex(fileDigest(each))),
  }
  const terms = { deployment, card: bytesToHex(randomBytes(32)), weights, ownerSharePpm: 0 }
  const { modelId } = await publishModel(seller, terms)
  const payee = seller.account.address
  const { offerId } = await createOffer(seller, {
    deployment,
    offer: {
      ...{ provider: payee, payee, modelId, modelVersion: 1, unit: 'call', price: 1_000_000n },
      ...{ ownerSharePpm: 0, proofKind: 'exact', arbiter: deployment.arbiter ?? zeroAddress, profile: PROFILE },
      ...{ escrow: deployment.escrow, sink: deployment.revenueSink, exposure: 1n, slashCap: 1_000_000n },
      ...{ terms: zeroHash, salt: bytesToHex(randomBytes(32)) },
    },
  })

  const caseOf = async (reader: PageReader, path: GraphFile, place: number): Promise<Case> => {
    const pieces = piecesOf(reader.trace.entries) ?? 0
    const image = reader.trace.tensor(pageEntryIndex(path === 'det.onnx' ? 'frame' : 'strip', pieces, place - 1))
    const model = modelOpening(files, commitments, formulas[path])
    const run = await reader.runOf(path, image, place)
    return openCase({ run, formulas: formulas[path], request: [image], model })
  }

  /** Plays one game to its verdict, or until the challenger has nothing to say. */
  async function play({ truth, told }: { truth: PageReader; told: PageReader }): Promise<PlayedOut> {
    const page = truth.trace.tensor(0)
    const { receipt, signature } = await court.sign(offerId, weights, [page], told.trace.response)
    const answeredRight = tensorsDigest(told.trace.response) === tensorsDigest(truth.trace.response)
    const opening = encodePageOpening(bytesToHex(encodeTensorHeader(page)), bytesToHex(merkleRoot(page.data)))
    const fromBlock = await getBlockNumber(seller, { cacheTime: 0 })
    const stage = { place: 0n, opening }
    const begun = await challengeAnswer(challenger, { deployment, receipt, signature, stage })
    const moves: PlayedOut['moves'][number][] = [{ move: 'challenge', by: 'challenger', gas: begun.gasUsed }]
    const send = async (by: 'seller' | 'challenger', played: PlayedGame, { move, args }: Call) => {
      const client = by === 'seller' ? seller : challenger
      const call = { deployment, game: played.game, state: played.state, move, args }
      moves.push({ move, by, gas: (await playMove(client, call)).gasUsed })
    }
    const [own, theirs] = [openPageRun(truth.trace), openPageRun(told.trace)]
    for (;;) {
      const played = await readGame(seller, { deployment, game: begun.game, fromBlock })
      if (!played?.stage) throw new Error('the game is gone')
      if (played.verdict) return { convicted: played.verdict.convicted, ground: played.verdict.ground, moves }
      const { place, stage } = played.stage
      const complaint = {
        receipt,
        signature: concatHex(bytesToHex(signature), stage.graph, stage.requestDigest, stage.responseDigest),
      }
      const path = (['det.onnx', 'rec.onnx'] as const).find((name) => nameHash(name) === stage.graph)
      if ((stage.graph === STEPS) === (path !== undefined)) throw new Error('the game is about something else')
      const mine = path && (await caseOf(told, path, Number(place)))
      const answer = await sellerMove(mine?.run ?? theirs, played.state, played.folds, mine?.foldStates ?? noFolds)
      if (answer) {
        await send('seller', played, sellerCall(answer))
        continue
      }
      const shown = { game: played.state, shown: played }
      const move = path
        ? await runCall(await caseOf(truth, path, Number(place)), complaint, formulas[path].outputs, shown)
        : await stepCall(played)
      if (!move) return { convicted: false, ground: undefined, moves }
      await send('challenger', played, move)

      async function stepCall({ state }: PlayedGame) {
        const step = await pageMove({ run: own, keys: keysFile, answeredRight }, state, shown.shown)
        return step && pageCall(step, complaint)
      }
    }
  }
  return { play, close: court.close }
}

const noFolds = () => Promise.reject(new Error('steps have no folds'))
