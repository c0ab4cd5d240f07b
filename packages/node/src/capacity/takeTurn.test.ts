import { expect, test } from 'vitest'
import { createFairQueue } from './fairQueue.ts'
import { takeTurn } from './takeTurn.ts'

test('one whose turn does not come in time is told so, and its place is free; who fails leaves its place too', async () => {
  const queue = createFairQueue({ atOnce: 1, mostWaiting: 4, full: () => new Error('full') })
  const gate = Promise.withResolvers<string>()
  const first = takeTurn(queue, { party: 'a', waitMs: 60_000, work: () => gate.promise })
  await expect(takeTurn(queue, { party: 'b', waitMs: 5, work: async () => 'late' })).rejects.toMatchObject({
    code: 'MODEL_TIMEOUT',
    retry: true,
  })
  expect(queue.depth()).toBe(1)
  gate.reject(new Error('failed'))
  await expect(first).rejects.toThrow('failed')
  expect(queue.depth()).toBe(0)
  expect(await takeTurn(queue, { party: 'b', waitMs: 60_000, work: async () => 'served' })).toBe('served')
})
