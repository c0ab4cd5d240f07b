import { expect, it } from 'vitest'
import { createMarket } from './createMarket.ts'
import type { ListedModel } from './market.ts'

const nothing = `0x${'0'.repeat(64)}` as const

function model(modelId: bigint, name: string): ListedModel {
  const words = { title: '', description: '', licence: '', source: '' }
  const card = { stoa: 'model-card/1' as const, name, task: 'ocr' as const, ...words, files: [] }
  return { name, modelId, version: 1, owner: '0x', card, weightsDigest: nothing, publishedAt: 0, listings: [] }
}

/** A market whose chain is `offered`, and whose clock is `time`. */
function start(refreshOnMiss = 100) {
  const state = { time: 0, readings: 0, offered: [model(2n, 'b'), model(1n, 'a')] as ListedModel[] | Error }
  const read = async () => {
    state.readings++
    if (state.offered instanceof Error) throw state.offered
    return [...state.offered]
  }
  return { state, market: createMarket({ read, timeouts: { refreshOnMiss }, now: () => state.time }) }
}

it('lists by id and finds by name, or name and id', async () => {
  const { state, market } = start()
  state.offered = [model(3n, 'a'), model(2n, 'b'), model(1n, 'a')]
  await market.refresh()
  expect(market.models().map(({ modelId }) => modelId)).toEqual([1n, 2n, 3n])
  expect((await market.find('a')).modelId).toBe(1n)
  expect((await market.find('a@3')).modelId).toBe(3n)
})

it('reads again for a name it does not know, but not for each', async () => {
  const { state, market } = start()
  await expect(market.find('c')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  await expect(market.find('c')).rejects.toThrow('On offer now: a, b.')
  expect(state.readings).toBe(1)
  state.offered = [model(1n, 'c')]
  state.time = 100
  await expect(market.find('c')).resolves.toMatchObject({ modelId: 1n })
  expect(state.readings).toBe(2)
})

it('shares one reading among those who ask at once', async () => {
  const { state, market } = start(0)
  await Promise.all(['a', 'b', 'a'].map((name) => market.find(name)))
  expect(state.readings).toBe(1)
})

it('keeps the last picture when the chain is gone, and tells that it never had one', async () => {
  const { state, market } = start(0)
  state.offered = new Error('no chain')
  await expect(market.find('a')).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE', cause: state.offered })
  state.offered = [model(1n, 'a')]
  await market.refresh()
  state.offered = new Error('no chain')
  await expect(market.refresh()).rejects.toThrow('no chain')
  expect(market.freshness()).toMatchObject({ readAt: 0, error: state.offered })
  await expect(market.find('a')).resolves.toMatchObject({ modelId: 1n })
  await expect(market.find('b')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
})
