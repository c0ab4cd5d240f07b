import { readFile } from 'node:fs/promises'
import { InvalidModelError } from '../../../inference/errors.ts'
import { readInputs } from '../../../inference/graph/readInputs.ts'
import { openPagePlayer } from '../../ocr/dispute/pagePlayer.ts'
import { openExact } from '../../openExact.ts'
import type { AnswerStages } from '../stages/answerStages.ts'
import { embeddingStages } from '../stages/embeddingStages.ts'
import { generateStages } from '../stages/generateStages.ts'
import { type JudgedGraph, judgedGraph, openGraphRun } from './openGraphRun.ts'
import type { JudgedAnswer, Player } from './player.ts'

/** The graph file of the task `graph`. */
const GRAPH_FILE = 'model.onnx'

/**
 * Opens a player. Of the task `graph` it opens the model, runs it on the request and hashes the whole run at once: seconds for large models, in this thread. Of a
 * composed task it does so for a stage, when a game about it is asked about. Servers use `openPlayerInProcess`.
 *
 * Throws `InvalidModelError` when the files are no judged model, and what an executor throws for a request that the model does not take.
 */
export async function openPlayer(answer: JudgedAnswer): Promise<Player> {
  switch (answer.task) {
    case 'generate':
      return stagedPlayer(answer, await generateStages(answer))
    case 'embedding':
      return stagedPlayer(answer, await embeddingStages(answer))
    case 'ocr':
      return openPagePlayer(answer)
    default:
      return graphPlayer(answer)
  }
}

async function graphPlayer(answer: JudgedAnswer): Promise<Player> {
  const { files, threads, request, response } = answer
  const path = files[GRAPH_FILE]
  if (!path) throw new InvalidModelError('graph', `"${GRAPH_FILE}" is needed to play a dispute`)
  const opened = await openExact({ bytes: await readFile(path), ...(threads === undefined ? {} : { threads }) })
  try {
    const graph = await judgedGraph(opened, GRAPH_FILE, answer)
    const inputs = readInputs(opened.graph, request)
    const run = await openGraphRun(graph, answer, { inputs, request, response, isStage: false })
    const complaint = async () => ((await run.answeredRight()) ? undefined : ({ complain: 'challenge' } as const))
    return { ...run, complaint, close: () => opened.executor.close() }
  } catch (error) {
    await opened.executor.close()
    throw error
  }
}

/** The graph is opened with the first game; one run is kept, that of the stage last played about. */
function stagedPlayer(answer: JudgedAnswer, stages: AnswerStages): Player {
  let graph: Promise<JudgedGraph> | undefined
  let last: { place: number; run: ReturnType<typeof openGraphRun> } | undefined
  let fault: ReturnType<AnswerStages['findFault']> | undefined

  const openedGraph = async (): Promise<JudgedGraph> => {
    const opened = await stages.openGraph()
    try {
      return await judgedGraph(opened, stages.path, answer)
    } catch (error) {
      await opened.executor.close()
      throw error
    }
  }
  const runOf = async (place: number) => {
    graph ??= openedGraph()
    return openGraphRun(await graph, answer, { ...stages.claimed(place), isStage: true })
  }
  const findFault = () => {
    fault ??= stages.findFault()
    return fault
  }
  return {
    answeredRight: async () => (await findFault()) === undefined,
    async complaint() {
      const found = await findFault()
      if (found?.fault === 'malformed') return { complain: 'proveMalformed', opening: found.opening }
      return found && { complain: 'challenge', stage: { place: found.place, opening: stages.opening(found.place) } }
    },
    async nextStep(side, game) {
      if (!game.stage) throw new TypeError('a game about an answer of a composed task is about a stage of it')
      const place = Number(game.stage.place)
      if (last?.place !== place) last = { place, run: runOf(place) }
      return (await last.run).nextStep(side, game)
    },
    async close() {
      await (await graph?.catch(() => undefined))?.executor.close()
    },
  }
}
