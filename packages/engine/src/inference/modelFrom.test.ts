import { textTensor } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { ModelClosedError } from './errors.ts'
import { modelFrom } from './modelFrom.ts'

test('closes once, when nothing is under way, and starts nothing after', async () => {
  const events: string[] = []
  const gate = Promise.withResolvers<void>()
  const model = modelFrom({
    task: 'embedding',
    async answer(request) {
      await gate.promise
      events.push('answered')
      return [...request]
    },
    async release() {
      events.push('released')
    },
  })
  const request = [textTensor('text', 'x')]
  const run = model.run(request)
  const closing = Promise.all([model.close(), model.close()])
  await expect(model.run(request)).rejects.toThrow(ModelClosedError)
  gate.resolve()
  await closing
  expect(events).toEqual(['answered', 'released'])
  expect(await run).toEqual(request)
})

test('a run that fails does not keep it from closing', async () => {
  const model = modelFrom({ task: 'ocr', answer: () => Promise.reject(new Error('no')), release: async () => {} })
  const run = model.run([])
  await expect(Promise.all([run, model.close()])).rejects.toThrow('no')
  await model.close()
})
