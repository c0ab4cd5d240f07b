import { bytesToHex, type Hex, type Tensor } from '@stoa/protocol'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { type Formulas, formulasOf, NoFormulasError, tensorReader } from '../../formula/index.ts'
import { type ExactGraph, loadExactGraph } from '../../profile/index.ts'
import { randomFrom } from '../../testing/graphs/random.ts'
import { randomGraph } from '../../testing/randomGraph.ts'
import { storedTensor } from '../../trace/storedTensor.ts'
import { elementsOf, type Value } from '../../value.ts'
import { challengerMove } from '../challengerMove.ts'
import { type FoldClaim, type Game, PHASES } from '../game.ts'
import type { ModelOpening } from '../modelOpening.ts'
import { openCase } from '../openCase.ts'
import type { OwnRun } from '../ownRun.ts'
import { encodeState } from '../parts.ts'
import { type FoldStates, type SellerMove, sellerMove } from '../sellerMove.ts'
import { lyingRun } from './lyingRun.ts'
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

export type Simulation = { graph: ExactGraph; inputs: ReadonlyMap<string, Value>; formulas: Formulas }

/** Another integer by one: by the last bit, but where a float32 holds no greater one. */
const lastBit = (x: bigint): bigint => (x === 2n ** 24n ? x - 1n : x === -(2n ** 24n) ? x + 1n : x ^ 1n)

/** A request's tensors; the order in which the graph names its inputs. */
export const requestOf = ({ graph, inputs }: Simulation): Tensor[] =>
  graph.model.inputs.map(({ name }) => {
    const value = inputs.get(name) as Value
    const flat = { ...value, dims: [value.data.length] } as Value
    return { ...storedTensor(name, flat, value.type as 'u8'), dims: value.dims }
  })

/**
 * Plays a game about a run of which the last bit of one random element is false, or of an honest one. A liar says of folds what is true, or, where it
 * `twists` them, what leads to its lie from a random chunk on.
 */
export async function simulate(simulation: Simulation, seed: number, { honest = false } = {}) {
  const { graph, inputs, formulas } = simulation
  const random = randomFrom(seed)
  const truth = lyingRun(graph, inputs)
  const filled = truth.entries.filter(({ dims }) => elementsOf(dims) > 0)
  const target = random.pick(filled)
  const lie = {
    entry: target.index,
    element: random.int(0, elementsOf(target.dims) - 1),
    change: lastBit,
  }
  const run = honest ? truth : lyingRun(graph, inputs, lie)
  const request = requestOf(simulation)
  const open = (of: OwnRun) => openCase({ run: of, formulas, request, model: NO_MODEL })
  const [own, theirs] = [open(truth), open(run)]
  const readerOf = async () => {
    const loaded = await run.load(run.entries.map(({ index }) => index))
    const entry = (index: number) => loaded.get(index)?.tensor as Tensor
    return tensorReader({ entry, input: (index) => request[index] as Tensor, constant: formulas.constantBytes })
  }
  const [from, twists] = [random.int(0, 50), !honest && random.chance(0.5)]
  const twisted: FoldStates = async (place, part, before) => {
    const states = await theirs.foldStates(place, part, before)
    return states.map((state, i) => (i >= from % states.length ? state + 1n : state))
  }
  const respond = async (game: Game, folds: readonly FoldClaim[]): Promise<SellerMove | undefined> => {
    const again = PHASES[game.phase] === 'refold'
    const move = await sellerMove(run, game, folds, twists && !again ? twisted : theirs.foldStates)
    if (!again || move?.move !== 'fold') return move
    // What was said of the whole part must stay, true or not.
    const last = bytesToHex(encodeState(folds[0]?.last ?? 0n)).slice(2)
    return { ...move, states: `${move.states.slice(0, -last.length)}${last}` as Hex }
  }
  const result = await play({
    formulas,
    readerOf,
    seller: { run, respond },
    challenge: (game, shown) => challengerMove({ ...own, answeredRight: true }, game, shown),
  })
  return { ...result, lie }
}
