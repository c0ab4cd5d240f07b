import { readFile } from 'node:fs/promises'
import { bytesToHex, encodeTensorHeader, fileDigest, merkleRoot, merkleTree, tensorsDigest } from '@stoa/protocol'
import { InvalidModelError } from '../../../inference/errors.ts'
import { readImage } from '../../../inference/ocr/image/readImage.ts'
import { sellerCall } from '../../dispute/callOf.ts'
import { modelOpening } from '../../dispute/modelOpening.ts'
import { type Case, openCase } from '../../dispute/openCase.ts'
import { openOwnRun } from '../../dispute/ownRun.ts'
import type { GameSoFar, JudgedAnswer, NextStep, Player, Side } from '../../dispute/player/player.ts'
import { sellerMove } from '../../dispute/sellerMove.ts'
import { concatHex, STEPS } from '../../dispute/stage.ts'
import { checkFormulasFile, FORMULAS_FILE, type Formulas, formulasOf } from '../../formula/index.ts'
import { type OpenedExact, openExact } from '../../openExact.ts'
import { checkDetector, checkRecogniser } from '../checkGraphs.ts'
import { exactNetworks } from '../exactNetworks.ts'
import { type Keys, readKeys } from '../reading/readKeys.ts'
import { readPage } from '../readPage.ts'
import { openPageTrace } from '../trace/openPageTrace.ts'
import { pageEntryIndex, piecesOf } from '../trace/pageLayout.ts'
import { pageCall, runCall } from './pageCall.ts'
import type { KeysFile } from './pageEvidence.ts'
import { pageMove } from './pageMove.ts'
import { openPageRun, type PageRun } from './pageRun.ts'

const GRAPHS = ['det.onnx', 'rec.onnx'] as const
type GraphFile = (typeof GRAPHS)[number]

const WAIT: NextStep = { step: 'wait' }

/** A graph of the model, opened, with its formulas. */
type Graph = OpenedExact & { readonly formulas: Formulas }

/**
 * Plays games about an answer of the task "ocr" (specs/exact-ocr.md, "Disputes"): reads the page and hashes its trace at once, runs a graph again when a game is
 * about its run. Throws `InvalidModelError` when the files are no judged model.
 */
export async function openPagePlayer(answer: JudgedAnswer): Promise<Player> {
  const graphs = new Map<GraphFile, Graph>()
  const close = async () => {
    for (const { executor } of graphs.values()) await executor.close()
  }
  try {
    const keys = readKeys(await fileOf(answer, 'keys.txt'))
    for (const path of GRAPHS) graphs.set(path, await openGraph(answer, path))
    const [detector, recogniser] = GRAPHS.map((path) => graphIn(graphs, path)) as [Graph, Graph]
    checkDetector(detector.graph)
    checkRecogniser(recogniser.graph, keys.alphabet.length + 1)
    const commitments = await fileOf(answer, FORMULAS_FILE)
    checkFormulasFile(commitments, new Map([...graphs].map(([path, { formulas }]) => [path, formulas.root])))
    return { ...(await playerOver(answer, graphs, keys, commitments)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function playerOver(
  answer: JudgedAnswer,
  graphs: ReadonlyMap<GraphFile, Graph>,
  keys: Keys,
  commitments: Uint8Array,
): Promise<Omit<Player, 'close'>> {
  const { receipt, signature, request, response, bundle } = answer
  const page = readImage(request)
  const running = (path: GraphFile) => (inputs: Parameters<OpenedExact['executor']['run']>[0]) =>
    graphIn(graphs, path).executor.run(inputs)
  const networks = exactNetworks({
    ...{ detector: running('det.onnx'), recogniser: running('rec.onnx') },
    alphabet: keys.alphabet,
  })
  const run = openPageRun(openPageTrace({ page, keys, reading: await readPage(networks, page) }))
  const answeredRight = tensorsDigest(response) === tensorsDigest(run.trace.response)
  const keysFile = keysIn(answer, keys)

  let last: { place: number; opened: ReturnType<typeof caseOf> } | undefined

  async function caseOf(place: number): Promise<{ own: Case; formulas: Formulas }> {
    const path: GraphFile = place === 0 ? 'det.onnx' : 'rec.onnx'
    const { graph, executor, formulas } = graphIn(graphs, path)
    const image = inputOf(run, place)
    const inputs = new Map([['image', { type: 'u8', dims: image.dims, data: image.data } as const]])
    const own = await openOwnRun(executor, graph, inputs)
    const model = modelOpening(bundle, commitments, formulas)
    return { own: openCase({ run: own, formulas, request: [image], model }), formulas }
  }
  async function stepsStep(side: Side, game: GameSoFar): Promise<NextStep> {
    if (side === 'seller') {
      const move = await sellerMove(run, game.state, [], noFolds)
      return move ? { step: 'call', call: sellerCall(move) } : WAIT
    }
    const move = await pageMove({ run, keys: keysFile, answeredRight }, game.state, game)
    if (!move) return WAIT
    const words = concatHex(signature, STEPS, receipt.requestDigest, receipt.responseDigest)
    const call = pageCall(move, { receipt, signature: words })
    return call ? { step: 'call', call } : { step: 'concede' }
  }
  async function runStep(side: Side, game: GameSoFar): Promise<NextStep> {
    if (!game.stage?.stage) throw new TypeError('a game about an answer of a composed task is about a stage of it')
    const place = Number(game.stage.place)
    // The run last played about is kept: a game has several moves.
    if (last?.place !== place) last = { place, opened: caseOf(place) }
    const { own, formulas } = await last.opened
    if (side === 'seller') {
      const move = await sellerMove(own.run, game.state, game.folds, own.foldStates)
      return move ? { step: 'call', call: sellerCall(move) } : WAIT
    }
    const { graph, requestDigest, responseDigest } = game.stage.stage
    const words = concatHex(signature, graph, requestDigest, responseDigest)
    const call = await runCall(own, { receipt, signature: words }, formulas.outputs, { game: game.state, shown: game })
    return call ? { step: 'call', call } : WAIT
  }
  return {
    answeredRight: async () => answeredRight,
    async complaint() {
      if (answeredRight) return undefined
      const [image] = request
      if (!image) throw new TypeError('the request has no page')
      const opening = { header: bytesToHex(encodeTensorHeader(image)), dataRoot: bytesToHex(merkleRoot(image.data)) }
      return { complain: 'challenge', stage: { place: 0, opening: { of: 'ocr', shows: 'stage', opening } } }
    },
    nextStep: (side, game) => (game.state.folds === STEPS ? stepsStep(side, game) : runStep(side, game)),
  }
}

async function openGraph(answer: JudgedAnswer, path: GraphFile): Promise<Graph> {
  const { threads } = answer
  const opened = await openExact({ bytes: await fileOf(answer, path), ...(threads !== undefined && { threads }) })
  return { ...opened, formulas: formulasOf(opened.graph) }
}

function graphIn(graphs: ReadonlyMap<GraphFile, Graph>, path: GraphFile): Graph {
  const graph = graphs.get(path)
  if (!graph) throw new RangeError(`"${path}" is not open`)
  return graph
}

async function fileOf({ files }: JudgedAnswer, name: string): Promise<Uint8Array> {
  const path = files[name]
  if (!path) throw new InvalidModelError('ocr', `"${name}" is needed to play a dispute`)
  return new Uint8Array(await readFile(path))
}

/** "keys.txt" in its bundle, whose files are listed by their paths. */
function keysIn({ bundle }: JudgedAnswer, { file }: Keys): KeysFile {
  const sorted = [...bundle].sort((a, b) => (a.path < b.path ? -1 : 1))
  const place = sorted.findIndex(({ path }) => path === 'keys.txt')
  return { data: file, tree: merkleTree(file), files: sorted.map((each) => bytesToHex(fileDigest(each))), place }
}

/** What a run of a graph is about: the frame, or a strip. */
function inputOf({ trace }: PageRun, place: number) {
  const pieces = piecesOf(trace.entries) ?? 0
  return trace.tensor(pageEntryIndex(place === 0 ? 'frame' : 'strip', pieces, place - 1))
}

const noFolds = () => Promise.reject(new Error('steps have no folds'))
