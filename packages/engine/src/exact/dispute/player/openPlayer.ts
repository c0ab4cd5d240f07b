import { readFile } from 'node:fs/promises'
import { InvalidModelError } from '../../../inference/errors.ts'
import { readInputs } from '../../../inference/graph/readInputs.ts'
import { bindInputs } from '../../bindInputs.ts'
import { checkFormulasFile, checkLengths, FORMULAS_FILE, formulasOf } from '../../formula/index.ts'
import { type OpenedExact, openExact } from '../../openExact.ts'
import { type Complaint, challengerCall, sellerCall } from '../callOf.ts'
import { challengerMove } from '../challengerMove.ts'
import { modelOpening } from '../modelOpening.ts'
import { openCase } from '../openCase.ts'
import { entryOf, openOwnRun } from '../ownRun.ts'
import { responseProof } from '../responseProof.ts'
import { sellerMove } from '../sellerMove.ts'
import type { GameSoFar, JudgedAnswer, NextStep, Player } from './player.ts'

/** The graph file of the task `graph`. */
const GRAPH_FILE = 'model.onnx'

/**
 * Opens the model, runs it on the request and hashes the whole run: seconds for large models, in this thread. Servers use `openPlayerInWorker`.
 *
 * Throws `InvalidModelError` when the files are no judged model, and what an executor throws for a request that the graph does not take.
 */
export async function openPlayer(answer: JudgedAnswer): Promise<Player> {
  const { files, threads } = answer
  const bytes = await readFile(pathOf(files, GRAPH_FILE))
  const opened = await openExact({ bytes, ...(threads === undefined ? {} : { threads }) })
  try {
    return await playerOf(opened, answer)
  } catch (error) {
    await opened.executor.close()
    throw error
  }
}

async function playerOf({ graph, executor }: OpenedExact, answer: JudgedAnswer): Promise<Player> {
  const { files, bundle, request, response, receipt, signature } = answer
  const commitments = await readFile(pathOf(files, FORMULAS_FILE))
  const formulas = formulasOf(graph)
  checkFormulasFile(commitments, new Map([[GRAPH_FILE, formulas.root]]))
  const inputs = readInputs(graph, request)
  checkLengths(formulas, bindInputs(graph)(inputs))
  const run = await openOwnRun(executor, graph, inputs)
  const own = openCase({ run, formulas, request, model: modelOpening(bundle, commitments, formulas) })
  const complaint: Complaint = { receipt, signature, response, outputs: formulas.outputs }
  const answeredRight = (await wrongResponse(complaint)) === undefined

  async function wrongResponse({ outputs }: Complaint) {
    await run.load(outputs)
    const entries = await Promise.all(
      outputs.map(async (entry) => ({ data: await entryOf(run, entry), path: run.tree.path(0, entry) })),
    )
    return responseProof(response, entries)
  }
  return {
    answeredRight: async () => answeredRight,
    async nextStep(side, game) {
      if (side === 'seller') {
        const move = await sellerMove(run, game.state, game.folds, own.foldStates)
        return move ? { step: 'call', call: sellerCall(move) } : WAIT
      }
      return challengerStep(game)
    },
    close: () => executor.close(),
  }

  async function challengerStep(game: GameSoFar): Promise<NextStep> {
    const move = await challengerMove({ ...own, answeredRight }, game.state, game)
    if (!move) return WAIT
    const call = await challengerCall(own, complaint, game.state, game, move)
    return call ? { step: 'call', call } : { step: 'concede' }
  }
}

const WAIT: NextStep = { step: 'wait' }

function pathOf(files: Readonly<Record<string, string>>, name: string): string {
  const path = files[name]
  if (!path) throw new InvalidModelError('graph', `"${name}" is needed to play a dispute`)
  return path
}
