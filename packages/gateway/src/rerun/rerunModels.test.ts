import type { Model, openModelInProcess } from '@stoa/engine/inference'
import { textTensor } from '@stoa/protocol'
import { expect, test } from 'vitest'
import type { ListedModel } from '../market/market.ts'
import { rerunModels } from './rerunModels.ts'

const model = (modelId: bigint, task = 'ocr') =>
  ({ name: `m${modelId}`, modelId, version: 1, weightsDigest: '0x01', card: { task } }) as unknown as ListedModel
const request = [textTensor('text', 'hello')]

/** Models that answer with their task, or, for `embedding`, never; with the processes that were ended. */
function workshop(rerunMs?: number) {
  const ended: string[] = []
  const open = (async ({ task }, { signal } = {}) => {
    const end = new Promise<never>((_, reject) =>
      signal?.addEventListener('abort', () => {
        ended.push(task)
        reject(signal.reason)
      }),
    )
    end.catch(() => {})
    const run = async () => (task === 'embedding' ? end : [textTensor('task', task)])
    return { task, run, close: async () => {} } satisfies Model
  }) as typeof openModelInProcess
  return { ended, models: rerunModels({ open, ...(rerunMs !== undefined && { rerunMs }) }) }
}

test('an answer that takes too long ends its process, and the next one has a new one', async () => {
  const { ended, models } = workshop(10)
  const slow = models.run(model(1n, 'embedding'), {}, request)
  await expect(slow).rejects.toMatchObject({ code: 'RERUN_TOO_LONG' })
  expect(ended).toEqual(['embedding'])
  expect(models.isOpen(model(1n))).toBe(false)
  expect(await models.run(model(1n), {}, request)).toHaveLength(1)
})

test('two models of the same weights are two: one may name another task', async () => {
  const { models } = workshop()
  await models.run(model(1n, 'graph'), {}, request)
  expect(await models.run(model(2n, 'ocr'), {}, request)).toEqual([textTensor('task', 'ocr')])
})

test('keeps the two that were asked for last, and ends all when it closes', async () => {
  const { ended, models } = workshop()
  for (const id of [1n, 2n, 1n, 3n]) await models.run(model(id), {}, request)
  expect([1n, 2n, 3n].map((id) => models.isOpen(model(id)))).toEqual([true, false, true])
  models.close()
  expect(ended).toHaveLength(3)
})
