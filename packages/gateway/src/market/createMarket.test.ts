import { expect, it } from 'vitest'
import { createMarket } from './createMarket.ts'
import type { ListedModel } from './market.ts'

const nothing = `0x${'0'.repeat(64)}` as const

function model(modelId: bigint, name: string): ListedModel {
  const words = { title: '', description: '', licence: '', source: '' }
  const card = { stoa: 'model-card/1' as const, name, task: 'ocr' as const, ...words, files: [] }
  return { name, modelId, version: 1, owner: '0x', card, weightsDigest: nothing, publishedAt: 0, listings: [] }
}

/** A market whose chain is `offered`; a reading takes until `held` resolves. */
function start(refreshOnMiss = 0) {
  const offered: ListedModel[] | Error = [model(2n, 'b'), model(1n, 'a')]
  const state = { began: [] as number[], held: Promise.resolve(), clock: 0, offered: offered as ListedModel[] | Error }
  const read = async () => {
    state.began.push(performance.now())
    const { offered } = state
    await state.held
    if (offered instanceof Error) throw offered
    return [...offered]
  }
  return {
    state,
    market: createMarket({ read, timeouts: { refreshOnMiss }, now: () => state.clock + performance.now() }),
  }
}

it('lists by id and finds by name, or name and id', async () => {
  const { state, market } = start()
  state.offered = [model(3n, 'a'), model(2n, 'b'), model(1n, 'a')]
  await market.refresh()
  expect(market.models().map(({ modelId }) => modelId)).toEqual([1n, 2n, 3n])
  expect((await market.find('a')).modelId).toBe(1n)
  expect((await market.find('a@3')).modelId).toBe(3n)
})

it('finds what came on offer a moment ago, and reads no more often than it may', async () => {
  const { state, market } = start(200)
  const before = performance.now()
  await expect(market.find('c')).rejects.toThrow('On offer now: a, b.')
  state.offered = [model(1n, 'c')]
  const asked = Array.from({ length: 20 }, () => market.find('c'))
  for (const found of await Promise.all(asked)) expect(found.modelId).toBe(1n)
  const [, second = 0, ...more] = state.began
  // Timers may be a little early.
  expect(second - before).toBeGreaterThan(198)
  expect(more).toEqual([])
})

it('finds it no later where the clock was set back in between', async () => {
  const { state, market } = start(20)
  await market.refresh()
  state.clock = -3_600_000
  state.offered = [model(1n, 'c')]
  expect((await market.find('c')).modelId).toBe(1n)
})

it('takes no reading for an answer that began before the question', async () => {
  const { state, market } = start()
  const reading = Promise.withResolvers<void>()
  state.held = reading.promise
  const under = market.refresh()
  state.offered = [model(1n, 'c')]
  const asked = market.find('c')
  reading.resolve()
  await under
  expect((await asked).modelId).toBe(1n)
  expect(state.began).toHaveLength(2)
})

it('shares one reading among those who ask at once', async () => {
  const { state, market } = start()
  await Promise.all(['a', 'b', 'a'].map((name) => market.find(name)))
  expect(state.began).toHaveLength(1)
})

it('keeps the last picture when the chain is gone, and tells that it never had one', async () => {
  const { state, market } = start()
  state.offered = new Error('no chain')
  await expect(market.find('a')).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE', cause: state.offered })
  state.offered = [model(1n, 'a')]
  await market.refresh()
  state.offered = new Error('no chain')
  await expect(market.refresh()).rejects.toThrow('no chain')
  expect(market.freshness()).toMatchObject({ readAt: expect.any(Number), error: state.offered })
  await expect(market.find('a')).resolves.toMatchObject({ modelId: 1n })
  await expect(market.find('b')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
})
