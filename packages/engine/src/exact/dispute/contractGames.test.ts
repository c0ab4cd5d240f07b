import { digestTree, tensorDigest } from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { committed } from '../evidence/index.ts'
import { SCHEMAS } from '../formula/expression/schema.ts'
import { formulasOf } from '../formula/index.ts'
import { smallNet, smallNetInputs } from '../onnxruntime/testing/smallNet.ts'
import { AT_BINDING, RULES } from '../profile/bindGraph.ts'
import { randomFrom } from '../testing/graphs/random.ts'
import type { Value } from '../value.ts'
import { entryOf, type OwnRun } from './ownRun.ts'
import { sellerMove } from './sellerMove.ts'
import { lyingRun } from './testing/lyingRun.ts'
import { openCourt } from './testing/openCourt.ts'
import { operatorPlaces } from './testing/operatorPlaces.ts'
import { randomCase, randomSeller, requestOf, sellerLyingAt } from './testing/simulate.ts'

let court: Awaited<ReturnType<typeof openCourt>>
beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

const LIARS = 10
const HONEST = 10

/** A game about a random graph on the chain; undefined for a seed whose graph has no formulas. */
async function gameOf(seed: number, honest: boolean) {
  const simulation = randomCase(seed)
  if (!simulation) return undefined
  const { truth, told, lie, respond } = randomSeller(simulation, seed, { honest })
  const request = requestOf(simulation)
  return { lie, ...(await court.play({ ...simulation, request, truth, told, respond })) }
}

const places = operatorPlaces()

test('there is a place to lie for every kind of node that formulas have, and for every operator that makes a tensor', () => {
  const kinds = [...places.keys()].filter((subject) => !subject.startsWith('operator ') && subject !== 'named')
  expect(kinds.sort()).toEqual(Object.keys(SCHEMAS).sort())
  // What is computed at binding is in no trace, and nothing but a floor reads a root.
  const inNoTrace = new Set([...AT_BINDING, 'Sqrt'])
  const operators = Object.keys(RULES).filter((op) => !inNoTrace.has(op))
  expect([...places.keys()].filter((subject) => subject.startsWith('operator ')).sort()).toEqual(
    operators.map((op) => `operator ${op}`).sort(),
  )
})

test.each([...places.keys()])('the contract convicts who lies by one bit: %s', async (subject) => {
  const seed = [...places.keys()].indexOf(subject)
  const place = randomFrom(seed).pick([...(places.get(subject) ?? [])])
  const { element, ...seller } = sellerLyingAt(place, seed)
  const { simulation, entry } = place
  const result = await court.play({ ...simulation, ...seller, request: requestOf(simulation) })
  expect({ entry, element, ...result }).toMatchObject({ convicted: true })
  expect(result.moves.length).toBeLessThanOrEqual(12)
})

test('the contract convicts who lies by one bit anywhere in a random graph', async () => {
  let played = 0
  for (let seed = 0; played < LIARS; seed++) {
    const result = await gameOf(seed, false)
    if (!result) continue
    played++
    expect({ seed, ...result }).toMatchObject({ convicted: true })
    expect(result.moves.length).toBeLessThanOrEqual(12)
  }
})

test('the contract lets nobody convict who is honest', async () => {
  let played = 0
  for (let seed = 500; played < HONEST; seed++) {
    const result = await gameOf(seed, true)
    if (!result) continue
    played++
    expect({ seed, ...result }).toMatchObject({ convicted: false })
  }
})

/** Grounds of a verdict (contracts/src/interfaces/IGraphArbiter.sol, `Ground`). */
const GROUND = { count: 1, header: 2, response: 5 } as const

describe('a seller that is wrong elsewhere than in an element', () => {
  const graph = smallNet()
  const inputs = smallNetInputs(1, 8)
  const formulas = formulasOf(graph)
  const truth = lyingRun(graph, inputs)
  const request = requestOf({ graph, inputs, formulas })
  const against = (told: OwnRun) =>
    court.play({
      ...{ graph, formulas, request, truth, told },
      respond: (game, folds, own) => sellerMove(told, game, folds, own.foldStates),
    })

  test.each(graph.model.outputs.map(({ name }, output) => [name, output] as const))(
    'is convicted of a response whose output "%s" is not the trace’s',
    async (name) => {
      const value = truth.outputs.get(name)
      if (!value) throw new Error('the run has no such output')
      const data = value.data.slice()
      const last = data.length - 2
      if (data instanceof BigInt64Array) data[last] = (data[last] ?? 0n) ^ 1n
      else data[last] = Number(data[last]) ^ 1
      const outputs = new Map([...truth.outputs, [name, { ...value, data } as Value]])
      expect(await against({ ...truth, outputs })).toMatchObject({ convicted: true, ground: GROUND.response })
    },
  )

  test('is convicted of a trace of another length', async () => {
    const more = truth.entries.slice(-1).map((last) => ({ ...last, index: truth.entries.length, tensor: 'more' }))
    const entries = [...truth.entries, ...more]
    const told = { ...truth, entries, tree: digestTree(entries.map(({ digest }) => digest)) }
    expect(await against(told)).toMatchObject({ convicted: true, ground: GROUND.count })
  })

  test('is convicted of an entry of another shape', async () => {
    const entry = Math.floor(truth.entries.length / 2)
    const own = await entryOf(truth, entry)
    const lie = committed({ ...own.tensor, dims: [...own.tensor.dims, 1] })
    const entries = truth.entries.map((each) =>
      each.index === entry ? { ...each, digest: tensorDigest(lie.tensor) } : each,
    )
    const told: OwnRun = {
      ...{ ...truth, entries, tree: digestTree(entries.map(({ digest }) => digest)) },
      load: async (indices) => new Map([...(await truth.load(indices)), [entry, lie]]),
    }
    expect(await against(told)).toMatchObject({ convicted: true, ground: GROUND.header })
  })
})
