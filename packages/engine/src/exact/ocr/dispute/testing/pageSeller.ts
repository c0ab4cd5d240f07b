import type { BundleFile, Hex } from '@stoa/protocol'
import { sellerCall } from '../../../dispute/callOf.ts'
import { modelOpening } from '../../../dispute/modelOpening.ts'
import { type Case, openCase } from '../../../dispute/openCase.ts'
import { sellerMove } from '../../../dispute/sellerMove.ts'
import { nameHash, STEPS } from '../../../dispute/stage.ts'
import type { Play } from '../../../dispute/testing/playAnswer.ts'
import type { Formulas } from '../../../formula/index.ts'
import { pageEntryIndex, piecesOf } from '../../trace/pageLayout.ts'
import { openPageRun } from '../pageRun.ts'
import type { GraphFile, PageReader } from './pageReader.ts'

/** A model of the task "ocr" as a judge knows it. */
export type JudgedPageModel = {
  readonly formulas: Readonly<Record<GraphFile, Formulas>>
  readonly bundle: readonly BundleFile[]
  /** Contents of `formulas.bin`. */
  readonly commitments: Uint8Array
}

/** The graph that a stage is a run of; undefined for the steps between graphs. */
export function graphOfStage(graph: Hex): GraphFile | undefined {
  const path = (['det.onnx', 'rec.onnx'] as const).find((name) => nameHash(name) === graph)
  if ((graph === STEPS) === (path !== undefined)) throw new Error('the game is about something else')
  return path
}

/** A case about one of a reader's runs of graphs. */
export async function pageCase(
  { trace, runOf }: PageReader,
  { formulas, bundle, commitments }: JudgedPageModel,
  path: GraphFile,
  place: number,
): Promise<Case> {
  const pieces = piecesOf(trace.entries) ?? 0
  const image = trace.tensor(pageEntryIndex(path === 'det.onnx' ? 'frame' : 'strip', pieces, place - 1))
  const model = modelOpening(bundle, commitments, formulas[path])
  const run = await runOf(path, image, place)
  return openCase({ run, formulas: formulas[path], request: [image], model })
}

/** A seller that posts a reading as it is, and runs of graphs as its reader makes them. */
export function pageSeller(told: PageReader, model: JudgedPageModel): Play {
  const steps = openPageRun(told.trace)
  // A game has several moves about one run.
  let last: { readonly place: bigint; readonly own: Promise<Case> } | undefined
  return async ({ state, folds, stage }) => {
    if (!stage?.stage) throw new Error('the game is about no stage')
    const { place } = stage
    const path = graphOfStage(stage.stage.graph)
    if (path && last?.place !== place) last = { place, own: pageCase(told, model, path, Number(place)) }
    const own = path && (await last?.own)
    const move = await sellerMove(own?.run ?? steps, state, folds, own?.foldStates ?? noFolds)
    return move ? { step: 'call', call: sellerCall(move) } : { step: 'wait' }
  }
}

const noFolds = () => Promise.reject(new Error('steps have no folds'))
