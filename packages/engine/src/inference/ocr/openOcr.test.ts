import { readFile } from 'node:fs/promises'
import { findTensor, type Tensor, valuesOf } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { InvalidModelError, InvalidRequestError, ModelClosedError } from '../errors.ts'
import type { Model } from '../model.ts'
import { openOcr } from './openOcr.ts'
import { fileRequest, textRequest } from './testing/imageRequest.ts'
import { ocrFiles } from './testing/ocrFiles.ts'

const RECEIPT = new URL('../../../../../apps/cli/assets/receipt.png', import.meta.url)
const TRUTH = new URL('../../../../../apps/cli/assets/receipt.txt', import.meta.url)

let model: Model
beforeAll(async () => {
  model = await openOcr({ files: ocrFiles(), threads: 1 })
})
afterAll(() => model.close())

const textOf = (response: readonly Tensor[]) => new TextDecoder().decode(findTensor(response, 'text').data)

test.each([0, 1, 2, 3])('reads every character of the receipt after %d quarter turns', async (quarters) => {
  const response = await model.run(await fileRequest(RECEIPT, quarters))
  expect(textOf(response)).toBe((await readFile(TRUTH, 'utf8')).trimEnd())
  const boxes = valuesOf(findTensor(response, 'boxes'), 'i32')
  // The first line runs from its first corner to its second: to the right, down, to the left, up.
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = boxes
  const [dx, dy] = [x1 - x0, y1 - y0]
  expect(Math.abs(dx) > Math.abs(dy) ? [Math.sign(dx), 0] : [0, Math.sign(dy)]).toEqual(
    [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ][quarters],
  )
  for (const score of valuesOf(findTensor(response, 'scores'), 'f32')) expect(score).toBeGreaterThan(0.9)
})

test('boxes lie on the lines that they are of', async () => {
  const response = await model.run(textRequest(['Open every day', 'from 9 to 17']))
  expect(textOf(response)).toBe('Open every day\nfrom 9 to 17')
  const boxes = valuesOf(findTensor(response, 'boxes'), 'i32')
  for (const i of [0, 1]) {
    const [left = 0, top = 0, right = 0, , , bottom = 0] = boxes.subarray(8 * i)
    const baseline = 40 * i + 44
    expect(Math.abs(left - 20)).toBeLessThanOrEqual(6)
    expect(top).toBeLessThan(baseline - 16)
    expect(top).toBeGreaterThan(baseline - 32)
    expect(bottom).toBeGreaterThanOrEqual(baseline)
    expect(bottom).toBeLessThan(baseline + 14)
    expect(right).toBeGreaterThan(left + 100)
  }
})

test('the same image gives the same bytes, alone or beside others', async () => {
  const request = textRequest(['Stoa 4117'])
  const alone = await model.run(request)
  const [first, , third] = await Promise.all([
    model.run(request),
    model.run(textRequest(['other'])),
    model.run(request),
  ])
  expect([first, third]).toEqual([alone, alone])
})

test('an image without text has no lines', async () => {
  const response = await model.run([{ name: 'image', dtype: 'u8', dims: [1, 8, 8, 3], data: new Uint8Array(192) }])
  expect(response.map(({ dims }) => [...dims])).toEqual([[0], [1], [0, 4, 2], [0]])
})

test('refuses what is no image, and stops when told to', async () => {
  await expect(model.run([])).rejects.toThrow(InvalidRequestError)
  const reason = new Error('the caller left')
  await expect(model.run(textRequest(['x']), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const controller = new AbortController()
  const run = model.run(textRequest(['Stopped under way']), { signal: controller.signal })
  controller.abort(reason)
  await expect(run).rejects.toBe(reason)
})

test('finishes what is under way before it closes, then refuses', async () => {
  const own = await openOcr({ files: ocrFiles(), threads: 1 })
  const run = own.run(textRequest(['Last call']))
  await Promise.all([own.close(), own.close()])
  expect(textOf(await run)).toBe('Last call')
  await expect(own.run(textRequest(['x']))).rejects.toThrow(ModelClosedError)
})

const { 'keys.txt': keys, 'cls.onnx': cls, ...others } = ocrFiles()

test.each([
  ['a file is not named', { 'keys.txt': keys, ...others }, '"cls.onnx" is missing'],
  ['a file is not there', { 'keys.txt': `${keys}.not`, 'cls.onnx': cls, ...others }, '"keys.txt" can\'t be loaded'],
  ['a graph is no graph', { 'keys.txt': keys, 'cls.onnx': keys, ...others }, '"cls.onnx" can\'t be loaded'],
  ['the dictionary is another', { 'keys.txt': TRUTH.pathname, 'cls.onnx': cls, ...others }, 'tells 6625 classes apart'],
])('does not open when %s', async (_, files, why) => {
  const opening = openOcr({ files, threads: 1 })
  await expect(opening).rejects.toThrow(InvalidModelError)
  await expect(opening).rejects.toThrow(why)
})
