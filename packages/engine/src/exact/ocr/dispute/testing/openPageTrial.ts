import { readFile } from 'node:fs/promises'
import { bytesToHex, judgedProfile, type Tensor } from '@stoa/protocol'
import { readImage } from '../../../../inference/ocr/image/readImage.ts'
import { openOwnRun } from '../../../dispute/ownRun.ts'
import { openPlayer } from '../../../dispute/player/openPlayer.ts'
import type { JudgedAnswer } from '../../../dispute/player/player.ts'
import type { openCourt, PlayedOut } from '../../../dispute/testing/openCourt.ts'
import { playAnswer } from '../../../dispute/testing/playAnswer.ts'
import { FORMULAS_FILE, formulasOf } from '../../../formula/index.ts'
import { openExact } from '../../../openExact.ts'
import { exactNetworks } from '../../exactNetworks.ts'
import { readKeys } from '../../reading/readKeys.ts'
import { readPage } from '../../readPage.ts'
import { openPageTrace } from '../../trace/openPageTrace.ts'
import { type GraphFile, imageInput, type PageReader } from './pageReader.ts'
import { type JudgedPageModel, pageSeller } from './pageSeller.ts'

export type OpenPageTrialParameters = {
  /** Of an exact OCR model, "formulas.bin" among them: name → path. */
  readonly files: Readonly<Record<string, string>>
  readonly request: readonly Tensor[]
}

/** Milliseconds and gas of a game against a liar about a page, played by a node's or gateway's own player. */
export type PageVerdict = PlayedOut & { readonly ms: number }

/** A model under the judge and a page that it read: whoever tells another reading is tried. */
export async function openPageTrial(
  court: Awaited<ReturnType<typeof openCourt>>,
  { files, request }: OpenPageTrialParameters,
) {
  const contents: Record<string, Uint8Array> = {}
  for (const [name, path] of Object.entries(files)) contents[name] = await readFile(path)
  const { 'keys.txt': keysFile = new Uint8Array(), [FORMULAS_FILE]: commitments = new Uint8Array() } = contents
  const open = async (name: GraphFile) => openExact({ bytes: contents[name] ?? new Uint8Array() })
  const opened = { 'det.onnx': await open('det.onnx'), 'rec.onnx': await open('rec.onnx') }
  const { offerId, weights, files: bundle } = await court.offerFiles(contents, judgedProfile('ocr'))
  const formulas = {
    'det.onnx': formulasOf(opened['det.onnx'].graph),
    'rec.onnx': formulasOf(opened['rec.onnx'].graph),
  }
  const model: JudgedPageModel = { formulas, bundle, commitments }

  const keys = readKeys(keysFile)
  const page = readImage(request)
  const networks = exactNetworks({
    detector: (inputs) => opened['det.onnx'].executor.run(inputs),
    recogniser: (inputs) => opened['rec.onnx'].executor.run(inputs),
    alphabet: keys.alphabet,
  })
  const truth: PageReader = {
    trace: openPageTrace({ page, keys, reading: await readPage(networks, page) }),
    runOf: (file, image) => openOwnRun(opened[file].executor, opened[file].graph, imageInput(image)),
  }
  return {
    truth,
    model,
    /** Tries who tells a reading: the game goes to its verdict, or until the challenger has nothing to say. */
    async judge(told: PageReader): Promise<PageVerdict> {
      const started = performance.now()
      const { response } = told.trace
      const { receipt, signature } = await court.sign(offerId, weights, request, response)
      const answer: JudgedAnswer = {
        ...{ task: 'ocr', files, bundle, request, response, receipt },
        signature: bytesToHex(signature),
      }
      const player = await openPlayer(answer)
      try {
        const complaint = await player.complaint()
        if (!complaint) return { convicted: false, ground: undefined, moves: [], ms: performance.now() - started }
        const challenger: Parameters<typeof playAnswer>[3]['challenger'] = (game) => player.nextStep('challenger', game)
        const played = await playAnswer(court, answer, complaint, { seller: pageSeller(told, model), challenger })
        return { ...played, ms: performance.now() - started }
      } finally {
        await player.close()
      }
    },
    async close() {
      for (const { executor } of Object.values(opened)) await executor.close()
    },
  }
}
