import { InvalidRequestError } from '@stoa/engine/inference'
import { type Tensor, textTensor } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { queueModel } from './queueModel.ts'

const REQUEST = [textTensor('text', 'hello')]
const echo = async (request: readonly Tensor[]) => [...request]

test('answers, and counts what is under way', async () => {
  const gate = Promise.withResolvers<Tensor[]>()
  const queue = queueModel({ model: { run: () => gate.promise }, maxQueue: 2, timeoutMs: 60_000 })
  const runs = [queue.run(REQUEST), queue.run(REQUEST)]
  expect(queue.depth()).toBe(2)
  await expect(queue.run(REQUEST)).rejects.toMatchObject({ code: 'OVERLOADED', retry: true })
  gate.resolve(REQUEST)
  expect(await Promise.all(runs)).toEqual([REQUEST, REQUEST])
  expect(queue.depth()).toBe(0)
})

test('does not wait for a model that does not look at its signal', async () => {
  const queue = queueModel({ model: { run: () => new Promise(() => undefined) }, maxQueue: 1, timeoutMs: 10 })
  await expect(queue.run(REQUEST)).rejects.toMatchObject({ code: 'MODEL_TIMEOUT', retry: true })
  expect(queue.depth()).toBe(0)
})

test('tells the buyer’s mistakes from the model’s, and nothing of the inside', async () => {
  const failingWith = (error: unknown) =>
    queueModel({ model: { run: () => Promise.reject(error) }, maxQueue: 1, timeoutMs: 60_000 }).run(REQUEST)
  await expect(failingWith(new InvalidRequestError('ocr', 'no image'))).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    shortMessage: 'Invalid ocr request: no image.',
  })
  await expect(failingWith(new Error('/home/seller/weights is gone'))).rejects.toMatchObject({
    code: 'MODEL_FAILED',
    message: expect.not.stringContaining('/home'),
  })
})

test('leaves room again after every kind of end', async () => {
  const queue = queueModel({ model: { run: echo }, maxQueue: 1, timeoutMs: 60_000 })
  for (let i = 0; i < 3; i++) expect(await queue.run(REQUEST)).toEqual(REQUEST)
})
