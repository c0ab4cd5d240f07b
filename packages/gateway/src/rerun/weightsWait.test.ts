import { tensorOf } from '@stoa/protocol'
import { expect, test } from 'vitest'
import type { GatewayEvent } from '../logger.ts'
import type { BoughtAnswer } from './boughtAnswer.ts'
import type { FetchedWeights } from './fetchWeights.ts'
import { weightsWait } from './weightsWait.ts'

type Round = { model: string; sellers: string[] }
const GIVEN: FetchedWeights = { files: { 'model.onnx': '/m' }, withheld: new Map(), reason: '' }
const WITHHELD: FetchedWeights = {
  files: undefined,
  withheld: new Map([['0xbad', 'answered 503']]),
  reason: 'no block',
}

/** `outcomes` of the rounds, in order; the last one for all that follow. Pauses are over at once. */
function desk(...outcomes: FetchedWeights[]) {
  const rounds: Round[] = []
  const pauses: number[] = []
  const doubts: string[] = []
  const events: GatewayEvent[] = []
  const [came, lost]: [BoughtAnswer[], [BoughtAnswer, string][]] = [[], []]
  const closing = new AbortController()
  let paused = Promise.withResolvers<void>()
  const desk = weightsWait({
    async fetchWeights({ name }, sellers) {
      rounds.push({ model: name, sellers: [...sellers] })
      return outcomes[Math.min(rounds.length, outcomes.length) - 1] ?? WITHHELD
    },
    health: { doubt: (provider, reason) => void doubts.push(`${provider}: ${reason}`) },
    logger: (event) => events.push(event),
    async wait(milliseconds, signal) {
      pauses.push(milliseconds)
      await Promise.race([
        paused.promise,
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ])
      paused = Promise.withResolvers()
    },
    closing: closing.signal,
    onCome: (answers) => came.push(...answers),
    onGivenUp: (answers, reason) => lost.push(...answers.map((answer): [BoughtAnswer, string] => [answer, reason])),
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const passPause = async () => {
    await turn()
    paused.resolve()
    await turn()
  }
  return { ...desk, rounds, pauses, doubts, events, came, lost, closing, turn, passPause }
}

const answer = (name = 'm', provider = '0xbad', bytes = 10): BoughtAnswer => {
  const request = [tensorOf('text', 'u8', [bytes], new Uint8Array(bytes))]
  const model = { name, modelId: name, version: 1 }
  return { model, request, response: [], record: { provider } } as unknown as BoughtAnswer
}

test('a seller that withholds weights is doubted, and its answers are handed on once somebody gives them', async () => {
  const { add, rounds, doubts, events, came, passPause, turn } = desk(WITHHELD, GIVEN)
  const [first, second] = [answer(), answer('m', '0xgood')]
  add(first)
  await turn()
  expect(doubts).toEqual(['0xbad: it does not give the weights with which its answers could be checked: answered 503'])
  expect(events).toEqual([{ type: 'weights-withheld', model: 'm', provider: '0xbad', reason: 'answered 503' }])
  expect(came).toEqual([])
  add(second)
  await passPause()
  expect(came).toEqual([first, second])
  expect(rounds).toEqual([
    { model: 'm', sellers: ['0xbad'] },
    { model: 'm', sellers: ['0xbad', '0xgood'] },
  ])
})

test('who sold none of the answers is blamed for nothing', async () => {
  const { add, doubts, turn } = desk(WITHHELD)
  add(answer('m', '0xgood'))
  await turn()
  expect(doubts).toEqual([])
})

test('asks after longer and longer pauses, and gives up after sixteen rounds', async () => {
  const { add, rounds, pauses, lost, passPause } = desk(WITHHELD)
  const kept = answer()
  add(kept)
  for (let i = 0; i < 16; i++) await passPause()
  expect(pauses.slice(0, 3)).toEqual([10_000, 20_000, 40_000])
  expect(pauses.at(-1)).toBe(3_600_000)
  expect(rounds).toHaveLength(16)
  expect(lost).toEqual([[kept, 'no block']])
})

test('who withholds weights does not keep others from being asked for theirs', async () => {
  const { add, rounds, lost, turn } = desk(WITHHELD)
  for (let i = 0; i < 8; i++) add(answer(`hostile ${i}`))
  await turn()
  add(answer('another'))
  expect(rounds.at(-1)?.model).toBe('another')
  expect(lost.map(([{ model }]) => model.name)).toEqual(['hostile 0'])
})

test('what waits is bounded, for a model and for all', async () => {
  const { add, came, turn } = desk(GIVEN)
  for (let i = 0; i < 40; i++) add(answer('small'))
  for (const name of ['first', 'second', 'third', 'fourth'])
    for (let i = 0; i < 3; i++) add(answer(name, '0xbad', 30 << 20))
  await turn()
  const count = (name: string) => came.filter(({ model }) => model.name === name).length
  expect(['small', 'first', 'second', 'third', 'fourth'].map(count)).toEqual([32, 2, 2, 2, 0])
})

test('closing ends all asking without a word', async () => {
  const { add, closing, events, lost, rounds, turn } = desk(WITHHELD)
  add(answer())
  await turn()
  closing.abort(new Error('closing'))
  add(answer('late'))
  await turn()
  expect({ events: events.length, lost, rounds: rounds.length }).toEqual({ events: 1, lost: [], rounds: 1 })
})
