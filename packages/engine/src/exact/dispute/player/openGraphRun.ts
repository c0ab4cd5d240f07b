import { readFile } from 'node:fs/promises'
import type { Tensor } from '@stoa/protocol'
import { InvalidModelError } from '../../../inference/errors.ts'
import { bindInputs } from '../../bindInputs.ts'
import { checkFormulasFile, checkLengths, FORMULAS_FILE, type Formulas, formulasOf } from '../../formula/index.ts'
import type { OpenedExact } from '../../openExact.ts'
import type { Value } from '../../value.ts'
import { type Complaint, challengerCall, sellerCall } from '../callOf.ts'
import { challengerMove } from '../challengerMove.ts'
import { type ModelOpening, modelOpening } from '../modelOpening.ts'
import { openCase } from '../openCase.ts'
import { entryOf, openOwnRun } from '../ownRun.ts'
import { responseProof } from '../responseProof.ts'
import { sellerMove } from '../sellerMove.ts'
import type { Stage } from '../stage.ts'
import type { GameSoFar, JudgedAnswer, NextStep, Player } from './player.ts'

/** A graph that a contract judges, opened. */
export type JudgedGraph = OpenedExact & {
  readonly path: string
  readonly formulas: Formulas
  readonly model: ModelOpening
}

/** Derives the formulas of a graph and holds the bundle's against them. Throws `InvalidModelError` where the files have none, and the formulas' errors. */
export async function judgedGraph(
  opened: OpenedExact,
  path: string,
  { task = 'graph', files, bundle }: JudgedAnswer,
): Promise<JudgedGraph> {
  const formulasPath = files[FORMULAS_FILE]
  if (!formulasPath) throw new InvalidModelError(task, `"${FORMULAS_FILE}" is needed to play a dispute`)
  const commitments = await readFile(formulasPath)
  const formulas = formulasOf(opened.graph)
  checkFormulasFile(commitments, new Map([[path, formulas.root]]))
  return { ...opened, path, formulas, model: modelOpening(bundle, commitments, formulas) }
}

/** One run of a graph, as it was claimed. */
export type ClaimedRun = {
  readonly inputs: ReadonlyMap<string, Value>
  readonly request: readonly Tensor[]
  readonly response: readonly Tensor[]
  /** Whether it is a stage of the answer, and not all of it. */
  readonly isStage: boolean
}

/** Plays games about one run of a graph: runs and hashes it at once. */
export async function openGraphRun(
  { graph, executor, path, formulas, model }: JudgedGraph,
  { receipt, signature }: Pick<JudgedAnswer, 'receipt' | 'signature'>,
  { inputs, request, response, isStage }: ClaimedRun,
): Promise<Pick<Player, 'answeredRight' | 'nextStep'>> {
  checkLengths(formulas, bindInputs(graph)(inputs))
  const run = await openOwnRun(executor, graph, inputs)
  const own = openCase({ run, formulas, request, model })
  const stage: Stage = { path, request, response }
  const complaint: Complaint = { receipt, signature, response, outputs: formulas.outputs, ...(isStage && { stage }) }
  const answeredRight = (await wrongResponse(complaint)) === undefined

  async function wrongResponse({ outputs }: Complaint) {
    await run.load(outputs)
    const entries = await Promise.all(
      outputs.map(async (entry) => ({ data: await entryOf(run, entry), path: run.tree.path(0, entry) })),
    )
    return responseProof(response, entries)
  }
  async function challengerStep(game: GameSoFar): Promise<NextStep> {
    const move = await challengerMove({ ...own, answeredRight }, game.state, game)
    if (!move) return WAIT
    const call = await challengerCall(own, complaint, game.state, game, move)
    return call ? { step: 'call', call } : { step: 'concede' }
  }
  return {
    answeredRight: async () => answeredRight,
    async nextStep(side, game) {
      if (side === 'challenger') return challengerStep(game)
      const move = await sellerMove(run, game.state, game.folds, own.foldStates)
      return move ? { step: 'call', call: sellerCall(move) } : WAIT
    },
  }
}

const WAIT: NextStep = { step: 'wait' }
