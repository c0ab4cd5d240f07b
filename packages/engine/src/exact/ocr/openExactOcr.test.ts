import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findTensor, type Tensor } from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InvalidModelError, InvalidRequestError, ModelClosedError } from '../../inference/errors.ts'
import { formulasOfModel } from '../../inference/formulasOfModel.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { EXECUTORS } from '../executor.ts'
import { openExactOcr } from './openExactOcr.ts'
import { barsPage } from './testing/barsPage.ts'
import { TINY_KEYS, tinyDetector, tinyRecogniser } from './testing/tinyGraphs.ts'

const { width, height, data } = barsPage()
const request: Tensor[] = [{ name: 'image', dtype: 'u8', dims: [1, height, width, 3], data }]
const textOf = (response: readonly Tensor[]) => new TextDecoder().decode(findTensor(response, 'text').data)

let folder: string
let files: Record<'det.onnx' | 'rec.onnx' | 'keys.txt', string>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-exact-ocr-'))
  const put = async (name: string, content: Uint8Array | string) => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }
  files = {
    'det.onnx': await put('det.onnx', writeOnnxModel(tinyDetector())),
    'rec.onnx': await put('rec.onnx', writeOnnxModel(tinyRecogniser())),
    'keys.txt': await put('keys.txt', `${TINY_KEYS.join('\n')}\n`),
  }
  await put('more.txt', 'a\nb\nc\n')
  const graphs = { 'det.onnx': writeOnnxModel(tinyDetector()), 'rec.onnx': writeOnnxModel(tinyRecogniser()) }
  await put('formulas.bin', formulasOfModel('ocr', graphs))
  await put('exchanged.bin', formulasOfModel('ocr', { 'det.onnx': graphs['rec.onnx'], 'rec.onnx': graphs['det.onnx'] }))
})
afterAll(() => rm(folder, { recursive: true }))

describe('an exact model', () => {
  test('gives one answer and one trace, whatever computes it', async () => {
    const answers = []
    for (const executor of EXECUTORS) {
      const model = await openExactOcr({ files, executor, threads: 2 })
      const response = await model.run(request)
      const trace = await model.trace(request)
      expect(trace.response).toEqual(response)
      answers.push({ response, root: trace.root, entries: trace.entries })
      await model.close()
    }
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
    expect(answers[0]?.response.map(({ name, dtype, dims }) => [name, dtype, ...dims])).toEqual([
      ['text', 'u8', 10],
      ['lines', 'u32', 3],
      ['boxes', 'i32', 2, 4, 2],
    ])
    expect(textOf(answers[0]?.response ?? [])).toBe('aba bab\nab')
  })

  test('says why it is computed as it is, refuses what is no image, and ends when it is closed', async () => {
    const model = await openExactOcr({ files, executor: 'reference' })
    expect(model.why).toBe('The reference computes the model: slow, and what the others are compared with.')
    await expect(model.run([])).rejects.toThrow(InvalidRequestError)
    const reason = new Error('the caller left')
    await expect(model.run(request, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const last = model.run(request)
    await model.close()
    expect(textOf(await last)).toBe('aba bab\nab')
    await expect(model.run(request)).rejects.toThrow(ModelClosedError)
    await expect(model.trace(request)).rejects.toThrow(ModelClosedError)
  })
})

test('opens a judged model only with its own formulas, and answers the same', async () => {
  const open = (name: string) =>
    openExactOcr({ files: { ...files, 'formulas.bin': join(folder, name) }, executor: 'reference' })
  const judged = await open('formulas.bin')
  expect(textOf(await judged.run(request))).toBe('aba bab\nab')
  await judged.close()
  await expect(open('exchanged.bin')).rejects.toMatchObject({ code: 'WRONG_FORMULAS' })
  await expect(open('keys.txt')).rejects.toMatchObject({ code: 'WRONG_FORMULAS' })
  await expect(open('nowhere.bin')).rejects.toThrow('formulas.bin can not be read')
})

test.each([
  ['a file is not named', { 'det.onnx': '' }, '"det.onnx" can\'t be loaded'],
  ['a graph is the other one', { 'det.onnx': 'rec.onnx' }, '"det.onnx" does not take an "image" [1, 64, 64, 3]'],
  ['the detector reads', { 'rec.onnx': 'det.onnx' }, '"rec.onnx" does not take an "image" [1, 48, 32, 3]'],
  ['a graph is no graph', { 'rec.onnx': 'keys.txt' }, '"rec.onnx" can\'t be loaded'],
  ['the dictionary is another', { 'keys.txt': 'more.txt' }, '"rec.onnx" tells 4 classes apart, "keys.txt" makes 5'],
])('does not open when %s', async (_, changes, why) => {
  const changed = Object.entries(changes).map(([name, file]) => [name, join(folder, file)])
  const opening = openExactOcr({ files: { ...files, ...Object.fromEntries(changed) }, executor: 'reference' })
  await expect(opening).rejects.toThrow(InvalidModelError)
  await expect(opening).rejects.toThrow(why)
})
