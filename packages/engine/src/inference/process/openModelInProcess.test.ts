import { findTensor, type Tensor } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Model } from '../model.ts'
import { textRequest } from '../ocr/testing/imageRequest.ts'
import { ocrFiles } from '../ocr/testing/ocrFiles.ts'
import { openModel } from '../openModel.ts'
import { openModelInProcess } from './openModelInProcess.ts'

const OCR = { task: 'ocr', files: ocrFiles(), threads: 1 } as const
const MORTAL = new URL('./testing/mortalProcess.ts', import.meta.url)

let model: Model
beforeAll(async () => {
  model = await openModelInProcess(OCR)
})
afterAll(() => model.close())

const textOf = (response: readonly Tensor[]) => new TextDecoder().decode(findTensor(response, 'text').data)
const blank = (side: number, value: number): Tensor[] => [
  { name: 'image', dtype: 'u8', dims: [1, side, side, 3], data: new Uint8Array(side * side * 3).fill(value) },
]

test('answers to the byte as the model does in the caller’s thread, and leaves the request as it was', async () => {
  const direct = await openModel(OCR)
  const request = textRequest(['Stoa notice board', 'Coffee 2.40'])
  const before = structuredClone(request)
  expect(await model.run(request)).toEqual(await direct.run(request))
  expect(request).toEqual(before)
  await direct.close()
})

test('does not hold up the event loop: it turns far more often than a run has steps', async () => {
  let turns = 0
  let running = true
  const turn = () => {
    turns++
    if (running) setImmediate(turn)
  }
  turn()
  await model.run(textRequest(['One line', 'and another one', 'and a third']))
  running = false
  expect(turns).toBeGreaterThan(200)
})

test('keeps runs apart and in order', async () => {
  const texts = ['first', 'second', 'third']
  const done: string[] = []
  await Promise.all(texts.map(async (text) => done.push(textOf(await model.run(textRequest([text]))))))
  expect(done).toEqual(texts)
})

test('hands errors over with name, code and hint', async () => {
  await expect(model.run([])).rejects.toMatchObject({
    name: 'InvalidRequestError',
    code: 'INVALID_REQUEST',
    retry: false,
  })
})

test('an aborted run rejects with the reason, before, while it waits or runs; the next one is answered', async () => {
  const reason = new Error('the caller left')
  await expect(model.run(textRequest(['x']), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const controller = new AbortController()
  const runs = [1, 2].map(() => model.run(textRequest(['Not needed']), { signal: controller.signal }))
  const settled = Promise.allSettled(runs)
  controller.abort(reason)
  expect(await settled).toEqual([1, 2].map(() => ({ status: 'rejected', reason })))
  expect(textOf(await model.run(textRequest(['Needed'])))).toBe('Needed')
})

test('does not open what is no model', async () => {
  const opening = openModelInProcess({ ...OCR, files: {} })
  await expect(opening).rejects.toMatchObject({ name: 'InvalidModelError', code: 'INVALID_MODEL' })
})

test.each([
  ['leaves', 1, 'It exited with code 9.'],
  ['crashes', 0, 'It was ended by SIGSEGV.'],
])('when the process %s, its run fails as retryable, and those that waited have another', async (_, byte, details) => {
  const mortal = await openModelInProcess(OCR, { entry: MORTAL })
  const [failing, waiting] = [mortal.run(blank(13, byte)), mortal.run(textRequest(['Waited']))]
  await expect(failing).rejects.toMatchObject({
    ...{ name: 'ModelCrashedError', code: 'MODEL_CRASHED', retry: true, details },
  })
  expect(textOf(await waiting)).toBe('Waited')
  expect(textOf(await mortal.run(textRequest(['Alive again'])))).toBe('Alive again')
  await mortal.close()
})

test('finishes what is under way before it closes, then refuses', async () => {
  const own = await openModelInProcess(OCR)
  const run = own.run(textRequest(['Last call']))
  await Promise.all([own.close(), own.close()])
  expect(textOf(await run)).toBe('Last call')
  await expect(own.run(textRequest(['x']))).rejects.toMatchObject({ code: 'MODEL_CLOSED' })
})

test('a process that never ends is ended by the signal, while it opens or runs, at once and for good', async () => {
  const reason = new Error('too long')
  const entry = new URL('./testing/endlessProcess.ts', import.meta.url)
  const [first, second] = [new AbortController(), new AbortController()]
  const opening = openModelInProcess({ ...OCR, files: {} }, { entry, signal: first.signal })
  first.abort(reason)
  await expect(opening).rejects.toBe(reason)
  const endless = await openModelInProcess(OCR, { entry, signal: second.signal })
  const run = endless.run(blank(8, 0))
  setTimeout(() => second.abort(reason), 20)
  await expect(run).rejects.toBe(reason)
  await expect(endless.run(blank(8, 0))).rejects.toBe(reason)
  await endless.close()
})
