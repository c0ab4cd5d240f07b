import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DTYPE_BYTES } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileRequest } from '../../../inference/ocr/testing/imageRequest.ts'
import { ocrFiles } from '../../../inference/ocr/testing/ocrFiles.ts'
import { convertOcrModel } from '../../../quantize/ocr/convertOcrModel.ts'
import { openCourt } from '../../dispute/testing/openCourt.ts'
import { randomFrom } from '../../testing/graphs/random.ts'
import { elementsOf } from '../../value.ts'
import { pageEntryIndex, piecesOf } from '../trace/pageLayout.ts'
import { lyingNetwork, lyingStep, STEP_KINDS } from './testing/lyingPage.ts'
import { openPageTrial, type PageVerdict } from './testing/openPageTrial.ts'

/** Lies within each network, spread over its run. */
const NETWORK_LIES = 6

/** The goal. A page of up to 40 pieces takes 3 until it enters a graph's run, and 8 or 10 about that. */
const MOST_MOVES = 12

const random = randomFrom(20_261_121)
const figures: Record<string, object> = {}
let folder: string
let court: Awaited<ReturnType<typeof openCourt>>
let trial: Awaited<ReturnType<typeof openPageTrial>>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-real-pages-'))
  const files = await convertOcrModel({ packageDir: dirname(dirname(ocrFiles()['det.onnx'])), outDir: folder })
  court = await openCourt()
  const receipt = new URL('../../../../../../apps/cli/assets/receipt.png', import.meta.url)
  trial = await openPageTrial(court, { files, request: await fileRequest(receipt) })
})
afterAll(async () => {
  console.table(figures)
  console.log(`${Math.round(process.resourceUsage().maxRSS / 1024)} MiB at most`)
  await trial.close()
  await court.close()
  await rm(folder, { recursive: true })
})

function convicts(lie: string, { convicted, moves, ms }: PageVerdict): void {
  const gas = moves.reduce((sum, move) => sum + Number(move.gas), 0)
  figures[lie] = { transactions: moves.length, gas, last: Number(moves.at(-1)?.gas), seconds: Math.round(ms / 1000) }
  expect({ lie, convicted }).toEqual({ lie, convicted: true })
  expect(moves.length).toBeLessThanOrEqual(MOST_MOVES)
  expect(gas).toBeLessThan(2_000_000)
}

test.each(STEP_KINDS)('on a bill, one bit in "%s" is convicted', async (kind) => {
  const { truth } = trial
  const pieces = piecesOf(truth.trace.entries) ?? 0
  const piece = random.int(0, pieces - 1)
  const { data, dtype } = truth.trace.tensor(pageEntryIndex(kind, pieces, piece))
  const element = random.int(0, data.length / DTYPE_BYTES[dtype] - 1)
  convicts(`${kind}[${element}]`, await trial.judge(lyingStep(truth, kind, piece, element)))
})

test.each(['det.onnx', 'rec.onnx'] as const)('on a bill, one bit anywhere within %s is convicted', async (file) => {
  const { truth, model } = trial
  const pieces = piecesOf(truth.trace.entries) ?? 0
  const place = file === 'det.onnx' ? 0 : random.int(1, pieces)
  const image = truth.trace.tensor(pageEntryIndex(file === 'det.onnx' ? 'frame' : 'strip', pieces, place - 1))
  const { entries } = await truth.runOf(file, image, place)
  for (let i = 0; i < NETWORK_LIES; i++) {
    const at = Math.floor(((i + 0.5) * entries.length) / NETWORK_LIES)
    const entry = entries.slice(at).find(({ dims }) => elementsOf(dims) > 0)
    if (!entry) continue
    const byte = DTYPE_BYTES[entry.stored] * random.int(0, elementsOf(entry.dims) - 1)
    const told = lyingNetwork(truth, model, { file, place, entry: entry.index, byte })
    convicts(`${file} ${entry.index}[${byte}]`, await trial.judge(told))
  }
})

test('on a bill, who read it rightly is left alone', async () => {
  expect(await trial.judge(trial.truth)).toMatchObject({ convicted: false, moves: [] })
})
