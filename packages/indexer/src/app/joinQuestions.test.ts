import type { Hex } from '@stoa/protocol'
import fc from 'fast-check'
import { numberToHex } from 'viem'
import { expect, it } from 'vitest'
import type { Question } from './ask.ts'
import { joinQuestions } from './joinQuestions.ts'

type Log = { address: Hex; topics: Hex[]; blockNumber: Hex; logIndex: Hex }
type Filter = { address: Hex | Hex[]; topics: readonly (Hex | Hex[] | null)[]; fromBlock: Hex; toBlock: Hex }

const contract = fc.integer({ min: 1, max: 4 }).map((n) => numberToHex(0xabc0 + n, { size: 20 }))
const event = fc.integer({ min: 1, max: 4 }).map((n) => numberToHex(0xdef0 + n, { size: 32 }))
/** Chains write digits as they like. */
const written = (hex: fc.Arbitrary<Hex>) =>
  fc.tuple(hex, fc.boolean()).map(([text, upper]) => (upper ? (`0x${text.slice(2).toUpperCase()}` as Hex) : text))
const oneOrMany = (hex: fc.Arbitrary<Hex>) => fc.oneof(hex, fc.array(hex, { minLength: 1, maxLength: 3 }))

const logs = fc
  .array(fc.record({ address: written(contract), topics: fc.array(written(event), { maxLength: 3 }) }), {
    maxLength: 60,
  })
  .map((list) => list.map((log, n): Log => ({ ...log, blockNumber: numberToHex(n >> 2), logIndex: numberToHex(n) })))

const filter = fc
  .record({
    address: oneOrMany(written(contract)),
    topics: fc.oneof(
      { weight: 5, arbitrary: oneOrMany(written(event)).map((kinds) => [kinds]) },
      { weight: 1, arbitrary: fc.tuple(event, fc.oneof(fc.constant(null), event)) },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
    range: fc.constantFrom([0, 4], [5, 9], [0, 15]),
  })
  .map(({ address, topics, range: [from = 0, to = 0] }): Filter => {
    return { address, topics, fromBlock: numberToHex(from), toBlock: numberToHex(to) }
  })

/** What a chain answers (Ethereum execution API, `eth_getLogs`). */
function answer(all: readonly Log[], { address, topics, fromBlock, toBlock }: Filter): Log[] {
  const isOneOf = (given: Hex | undefined, wanted: Hex | Hex[] | null) =>
    wanted === null || [wanted].flat().some((each) => each.toLowerCase() === given?.toLowerCase())
  return all.filter(
    (log) =>
      isOneOf(log.address, address) &&
      topics.every((wanted, place) => place < log.topics.length && isOneOf(log.topics[place], wanted)) &&
      Number(log.blockNumber) >= Number(fromBlock) &&
      Number(log.blockNumber) <= Number(toBlock),
  )
}

it('gives everybody what the chain would have answered, and asks it once for the same blocks', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.array(filter, { maxLength: 20 }), async (all, filters) => {
      const asked: Filter[] = []
      const ask = joinQuestions(async ({ params }) => {
        const [wanted] = params as [Filter]
        asked.push(wanted)
        return answer(all, wanted)
      })
      const given = await Promise.all(filters.map((each) => ask({ method: 'eth_getLogs', params: [each] })))
      expect(given).toEqual(filters.map((each) => answer(all, each)))
      const joined = filters.filter(({ topics }) => topics.length === 1)
      const ranges = new Set(joined.map(({ fromBlock, toBlock }) => `${fromBlock} ${toBlock}`))
      expect(asked.length).toBe(filters.length - joined.length + ranges.size)
    }),
  )
})

it('asks anything else as it is, and anew what is asked later', async () => {
  const asked: Question[] = []
  const ask = joinQuestions(async (question) => {
    asked.push(question)
    return asked.length
  })
  const questions: Question[] = [
    { method: 'eth_chainId' },
    { method: 'eth_getBlockByNumber', params: ['0x1', true] },
    { method: 'eth_getLogs', params: [{ blockHash: '0x01' }] },
    { method: 'eth_getLogs', params: [{ address: '0x01', topics: [], fromBlock: '0x0', toBlock: '0x1' }] },
    { method: 'eth_getLogs', params: [{ topics: ['0x02'], fromBlock: '0x0', toBlock: '0x1' }] },
  ]
  for (const question of questions) await ask(question)
  expect(asked).toEqual(questions)
  const wanted: Question = {
    method: 'eth_getLogs',
    params: [{ address: '0x01', topics: ['0x02'], fromBlock: '0x0', toBlock: '0x1' }],
  }
  await ask(wanted)
  await ask(wanted)
  expect(asked.length).toBe(questions.length + 2)
})

it('tells everybody whose question was joined why there is no answer', async () => {
  const error = new Error('query returned more than 10000 results')
  const ask = joinQuestions(() => Promise.reject(error))
  const of = (topic: string) =>
    ask({ method: 'eth_getLogs', params: [{ address: '0x01', topics: [topic], fromBlock: '0x0', toBlock: '0x1' }] })
  const told = await Promise.allSettled([of('0x02'), of('0x03')])
  expect(told).toEqual([
    { status: 'rejected', reason: error },
    { status: 'rejected', reason: error },
  ])
})
