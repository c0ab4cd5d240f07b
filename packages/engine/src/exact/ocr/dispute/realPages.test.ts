import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { textRequest } from '../../../inference/ocr/testing/imageRequest.ts'
import { ocrFiles } from '../../../inference/ocr/testing/ocrFiles.ts'
import { convertOcrModel } from '../../../quantize/ocr/convertOcrModel.ts'
import { openCourt } from '../../dispute/testing/openCourt.ts'
import { lyingNetwork, lyingStep } from './testing/lyingPage.ts'
import { openPageTrial } from './testing/openPageTrial.ts'

let folder: string
let court: Awaited<ReturnType<typeof openCourt>>
let trial: Awaited<ReturnType<typeof openPageTrial>>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-real-pages-'))
  const files = await convertOcrModel({ packageDir: dirname(dirname(ocrFiles()['det.onnx'])), outDir: folder })
  court = await openCourt()
  trial = await openPageTrial(court, { files, request: textRequest(['Total 22.10']) })
})
afterAll(async () => {
  await trial.close()
  await court.close()
  await rm(folder, { recursive: true })
})

test('PP-OCR’s own networks, a line of text: a lie of one bit within either, or between them, is convicted, and no truth is', async () => {
  const { truth, model } = trial
  expect(new TextDecoder().decode(truth.trace.response[0]?.data)).toBe('Total 22.10')
  const liars = {
    detector: lyingNetwork(truth, model, { file: 'det.onnx', place: 0, entry: 60, byte: 8 }),
    scan: lyingStep(truth, 'scan', 0, 200),
    recogniser: lyingNetwork(truth, model, { file: 'rec.onnx', place: 1, entry: 150, byte: 8 }),
  }
  for (const [name, told] of Object.entries(liars)) {
    const { convicted, moves } = await trial.judge(told)
    expect({ name, convicted }).toEqual({ name, convicted: true })
    expect(moves.length).toBeLessThanOrEqual(12)
  }
  expect(await trial.judge(truth)).toMatchObject({ convicted: false, moves: [] })
})
