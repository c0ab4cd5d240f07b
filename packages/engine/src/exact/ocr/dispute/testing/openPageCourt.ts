import {
  type BundleFile,
  bytesToHex,
  encodeTensorHeader,
  fileDigest,
  judgedProfile,
  merkleRoot,
  merkleTree,
  tensorsDigest,
} from '@stoa/protocol'
import type { JudgedAnswer } from '../../../dispute/player/player.ts'
import { concatHex } from '../../../dispute/stage.ts'
import { openCourt, type PlayedOut } from '../../../dispute/testing/openCourt.ts'
import { type Play, playAnswer } from '../../../dispute/testing/playAnswer.ts'
import { FORMULAS_FILE, formulasFile, formulasOf } from '../../../formula/index.ts'
import { pageCall, runCall } from '../pageCall.ts'
import type { KeysFile } from '../pageEvidence.ts'
import { pageMove } from '../pageMove.ts'
import type { PageProof } from '../pageProof.ts'
import { openPageRun } from '../pageRun.ts'
import type { PageModel, PageReader } from './pageReader.ts'
import { graphOfStage, type JudgedPageModel, pageCase, pageSeller } from './pageSeller.ts'

/** A chain with the judge, a seller that offers an OCR model, and somebody who challenges. */
export async function openPageCourt({ graphs, keys }: PageModel) {
  const court = await openCourt()
  const formulas = { 'det.onnx': formulasOf(graphs['det.onnx']), 'rec.onnx': formulasOf(graphs['rec.onnx']) }
  const commitments = formulasFile(new Map(Object.entries(formulas).map(([path, { root }]) => [path, root])))
  const contents = {
    'det.onnx': graphs['det.onnx'].bytes,
    [FORMULAS_FILE]: commitments,
    'keys.txt': keys,
    'rec.onnx': graphs['rec.onnx'].bytes,
  }
  const { offerId, weights, files: bundle } = await court.offerFiles(contents, judgedProfile('ocr'))
  const model: JudgedPageModel = { formulas, bundle, commitments }
  const keysFile = keysIn(bundle, keys)

  /** Plays one game to its verdict, or until the challenger has nothing to say. @param prove What it makes of its proofs before it sends them. */
  async function play({
    truth,
    told,
    prove = (proof) => proof,
  }: {
    truth: PageReader
    told: PageReader
    prove?: (proof: PageProof) => PageProof
  }): Promise<PlayedOut> {
    const page = truth.trace.tensor(0)
    const { response } = told.trace
    const { receipt, signature } = await court.sign(offerId, weights, [page], response)
    const request = [page]
    const answer: JudgedAnswer = {
      ...{ task: 'ocr', files: {}, bundle, request, response, receipt },
      signature: bytesToHex(signature),
    }
    const opening = { header: bytesToHex(encodeTensorHeader(page)), dataRoot: bytesToHex(merkleRoot(page.data)) }
    const complaint = {
      complain: 'challenge',
      stage: { place: 0, opening: { of: 'ocr', shows: 'stage', opening } },
    } as const
    return playAnswer(court, answer, complaint, {
      seller: pageSeller(told, model),
      challenger: pageChallenger(truth, answer, model, keysFile, prove),
    })
  }
  return { play, close: court.close }
}

/** Somebody who takes a reading for the truth, whatever it is. */
function pageChallenger(
  truth: PageReader,
  answer: JudgedAnswer,
  model: JudgedPageModel,
  keys: KeysFile,
  prove: (proof: PageProof) => PageProof,
): Play {
  const { receipt, signature, response } = answer
  const run = openPageRun(truth.trace)
  const answeredRight = tensorsDigest(response) === tensorsDigest(truth.trace.response)
  return async (played) => {
    if (!played.stage?.stage) throw new Error('the game is about no stage')
    const { place, stage } = played.stage
    const words = concatHex(signature, stage.graph, stage.requestDigest, stage.responseDigest)
    const complaint = { receipt, signature: words }
    const path = graphOfStage(stage.graph)
    if (path) {
      const own = await pageCase(truth, model, path, Number(place))
      const shown = { game: played.state, shown: played }
      const call = await runCall(own, complaint, model.formulas[path].outputs, shown)
      return call ? { step: 'call', call } : { step: 'concede' }
    }
    const move = await pageMove({ run, keys, answeredRight }, played.state, played)
    const call = move && pageCall(move.move === 'proveStep' ? { ...move, proof: prove(move.proof) } : move, complaint)
    return call ? { step: 'call', call } : { step: 'concede' }
  }
}

function keysIn(bundle: readonly BundleFile[], data: Uint8Array): KeysFile {
  const sorted = [...bundle].sort((a, b) => (a.path < b.path ? -1 : 1))
  const place = sorted.findIndex(({ path }) => path === 'keys.txt')
  return { data, tree: merkleTree(data), files: sorted.map((each) => bytesToHex(fileDigest(each))), place }
}
