import { bytesToHex, type Hex, type Tensor } from '@stoa/protocol'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { formulasOf, NoFormulasError, tensorReader } from '../../formula/index.ts'
import { loadExactGraph } from '../../profile/index.ts'
import { requestTensor } from '../../requestTensor.ts'
import { randomFrom } from '../../testing/graphs/random.ts'
import { randomGraph } from '../../testing/randomGraph.ts'
import { elementsOf } from '../../value.ts'
import { challengerMove } from '../challengerMove.ts'
import { type FoldClaim, type Game, PHASES } from '../game.ts'
import type { ModelOpening } from '../modelOpening.ts'
import { type Case, openCase } from '../openCase.ts'
import type { OwnRun } from '../ownRun.ts'
import { encodeState } from '../parts.ts'
import { type FoldStates, type SellerMove, sellerMove } from '../sellerMove.ts'
import { type Lie, lyingRun } from './lyingRun.ts'
import type { LiePlace, Simulation } from './operatorPlaces.ts'
import { play } from './referee.ts'

/** The bundle plays no part in a simulated game. */
const NO_MODEL: ModelOpening = { files: [], place: 0n, formulasFile: '0x', graph: '0x' }

/** A random graph with formulas and a request for it; undefined for a seed whose graph has none. */
export function randomCase(seed: number) {
  const { model, inputs } = randomGraph(seed)
  const graph = loadExactGraph(writeOnnxModel(model))
  const own = inputs[seed % inputs.length]
  try {
    return own && { graph, inputs: own, formulas: formulasOf(graph) }
  } catch (error) {
    if (error instanceof NoFormulasError) return undefined
    throw error
  }
}

/** Another integer by one: by the last bit, but where a float32 holds no greater one. */
const lastBit = (x: bigint): bigint => (x === 2n ** 24n ? x - 1n : x === -(2n ** 24n) ? x + 1n : x ^ 1n)

/** A request's tensors; the order in which the graph names its inputs. */
export const requestOf = ({ graph, inputs }: Simulation): Tensor[] =>
  graph.model.inputs.map(({ name }) => requestTensor(name, inputs.get(name)))

/**
 * A seller whose run is false in the last bit of one random element, or honest. A liar says of folds what is true, or, in half of all games, something
 * else from a random chunk on.
 */
export function randomSeller({ graph, inputs }: Simulation, seed: number, { honest = false } = {}) {
  const random = randomFrom(seed)
  const truth = lyingRun(graph, inputs)
  const target = random.pick(truth.entries.filter(({ dims }) => elementsOf(dims) > 0))
  const lie: Lie = { entry: target.index, element: random.int(0, elementsOf(target.dims) - 1), change: lastBit }
  const told = honest ? truth : lyingRun(graph, inputs, lie)
  const [from, twists] = [random.int(0, 50), !honest && random.chance(0.5)]
  return { truth, told, lie, respond: respondAs(told, twists ? from : undefined) }
}

/** A seller that lies about one entry, by the last bit of a random element, and of its folds as a random one does. */
export function sellerLyingAt({ simulation: { graph, inputs }, truth, entry }: LiePlace, seed: number) {
  const random = randomFrom(seed)
  const element = random.int(0, elementsOf(truth.entries[entry]?.dims ?? []) - 1)
  const told = lyingRun(graph, inputs, { entry, element, change: lastBit })
  const [from, twists] = [random.int(0, 50), random.chance(0.5)]
  return { truth, told, element, respond: respondAs(told, twists ? from : undefined) }
}

/** The moves of a seller that committed to a run. @param from the chunk from which on it says something else of folds than is true; none where left out. */
function respondAs(told: OwnRun, from?: number) {
  return async (game: Game, folds: readonly FoldClaim[], own: Case): Promise<SellerMove | undefined> => {
    const twisted: FoldStates = async (place, part, before) => {
      const states = await own.foldStates(place, part, before)
      return states.map((state, i) => (i >= (from ?? 0) % states.length ? state + 1n : state))
    }
    const again = PHASES[game.phase] === 'refold'
    const move = await sellerMove(told, game, folds, from !== undefined && !again ? twisted : own.foldStates)
    if (!again || move?.move !== 'fold') return move
    // What was said of the whole part must stay, true or not.
    const last = bytesToHex(encodeState(folds[0]?.last ?? 0n)).slice(2)
    return { ...move, states: `${move.states.slice(0, -last.length)}${last}` as Hex }
  }
}

/** Plays a game about a random seller's run by the referee's rules. */
export async function simulate(simulation: Simulation, seed: number, options: { honest?: boolean } = {}) {
  const { formulas } = simulation
  const { truth, told, lie, respond } = randomSeller(simulation, seed, options)
  const request = requestOf(simulation)
  const open = (run: OwnRun) => openCase({ run, formulas, request, model: NO_MODEL })
  const [own, theirs] = [open(truth), open(told)]
  const readerOf = async () => {
    const loaded = await told.load(told.entries.map(({ index }) => index))
    const entry = (index: number) => loaded.get(index)?.tensor as Tensor
    return tensorReader({ entry, input: (index) => request[index] as Tensor, constant: formulas.constantBytes })
  }
  const result = await play({
    formulas,
    readerOf,
    respond: (game, folds) => respond(game, folds, theirs),
    challenge: (game, shown) => challengerMove({ ...own, answeredRight: true }, game, shown),
  })
  return { ...result, lie }
}
