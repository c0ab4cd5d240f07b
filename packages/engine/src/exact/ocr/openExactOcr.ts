import { readFile } from 'node:fs/promises'
import type { Tensor } from '@stoa/protocol'
import { createLifetime } from '../../inference/createLifetime.ts'
import type { Model, RunOptions } from '../../inference/model.ts'
import { readImage } from '../../inference/ocr/image/readImage.ts'
import { loadPart } from '../../inference/ocr/loadPart.ts'
import { readAlphabet } from '../../inference/ocr/recognise/readAlphabet.ts'
import type { ExecutorKind } from '../executor.ts'
import { rememberPasses } from '../onnxruntime/selfTest/rememberPasses.ts'
import { createMachineTest, type OpenedExact, openExact } from '../openExact.ts'
import { traceOf } from '../trace/index.ts'
import { checkDetector, checkRecogniser } from './checkGraphs.ts'
import { encodeAnswer } from './encodeAnswer.ts'
import { exactNetworks, type RunGraph } from './exactNetworks.ts'
import { readPage } from './readPage.ts'
import { type OcrTrace, type TraceGraph, tracePage } from './tracePage.ts'

export type OpenExactOcrParameters = {
  /** Paths of "det.onnx" and "rec.onnx", exact graphs as specs/exact-ocr.md has them, and of "keys.txt". */
  files: Readonly<Record<string, string>>
  /** Threads of one run of a network; as many as there are cores where left out. */
  threads?: number
  /** What computes the networks; the fastest that is exact on this machine where left out. */
  executor?: 'auto' | ExecutorKind
}

/** A model of the task "ocr" whose answers are the same to the bit on every machine. */
export type ExactOcrModel = Model & {
  /** Why the networks are computed by what computes them, for a person. */
  readonly why: string
  /** Answers a request like `run`, and commits to every step of it. Takes some times as long. */
  trace(request: readonly Tensor[], options?: RunOptions): Promise<OcrTrace>
}

/** Opens an exact OCR model. Throws `InvalidModelError` for files that don't make one, `UnfitExecutorError` for an executor that can't be used. */
export async function openExactOcr({ files, threads, executor }: OpenExactOcrParameters): Promise<ExactOcrModel> {
  const opened: OpenedExact[] = []
  const options = { ...(threads !== undefined && { threads }), ...(executor && { executor }) }
  const machineTest = rememberPasses(createMachineTest())
  const open = (name: string) =>
    loadPart(files, name, async (path) => {
      const part = await openExact({ bytes: await readFile(path), machineTest, ...options })
      opened.push(part)
      return part
    })
  const release = async () => {
    for (const { executor } of opened) await executor.close()
  }
  try {
    const alphabet = await loadPart(files, 'keys.txt', async (path) => readAlphabet(await readFile(path, 'utf8')))
    const [detector, recogniser] = [await open('det.onnx'), await open('rec.onnx')]
    checkDetector(detector.graph)
    checkRecogniser(recogniser.graph, alphabet.length + 1)
    return modelOver({ detector, recogniser, alphabet, release })
  } catch (error) {
    await release()
    throw error
  }
}

type Parts = {
  readonly detector: OpenedExact
  readonly recogniser: OpenedExact
  readonly alphabet: readonly string[]
  release(): Promise<void>
}

function modelOver({ detector, recogniser, alphabet, release }: Parts): ExactOcrModel {
  const running =
    ({ executor }: OpenedExact): RunGraph =>
    (inputs) =>
      executor.run(inputs)
  const tracing =
    ({ executor, graph }: OpenedExact): TraceGraph =>
    (inputs) =>
      traceOf(executor, graph, inputs)
  const networks = exactNetworks({ detector: running(detector), recogniser: running(recogniser), alphabet })
  const traced = { detector: tracing(detector), recogniser: tracing(recogniser), alphabet }
  const lifetime = createLifetime('ocr', release)
  return {
    task: 'ocr',
    why: [...new Set([detector.why, recogniser.why])].join(' '),
    run: (request, { signal } = {}) =>
      lifetime.during(async () => {
        const { lines } = await readPage(networks, readImage(request), signal)
        return encodeAnswer(lines)
      }),
    trace: (request, { signal } = {}) => lifetime.during(async () => tracePage(traced, readImage(request), signal)),
    close: () => lifetime.close(),
  }
}
