import { readFile } from 'node:fs/promises'
import type { Tensor } from '@stoa/protocol'
import { createLifetime } from '../../inference/createLifetime.ts'
import { type Bind, judgedBindings } from '../../inference/judgedBinding.ts'
import type { Model, RunOptions } from '../../inference/model.ts'
import { readImage } from '../../inference/ocr/image/readImage.ts'
import { loadPart } from '../../inference/ocr/loadPart.ts'
import type { ExecutorKind } from '../executor.ts'
import { FORMULAS_FILE } from '../formula/index.ts'
import { rememberPasses } from '../onnxruntime/selfTest/rememberPasses.ts'
import { createMachineTest, type OpenedExact, openExact } from '../openExact.ts'
import { checkDetector, checkRecogniser } from './checkGraphs.ts'
import { encodeAnswer } from './encodeAnswer.ts'
import { exactNetworks, type RunGraph } from './exactNetworks.ts'
import { type Keys, readKeys } from './reading/readKeys.ts'
import { readPage } from './readPage.ts'
import { type OcrTrace, tracePage } from './tracePage.ts'

export type OpenExactOcrParameters = {
  /** Paths of "det.onnx" and "rec.onnx", exact graphs as specs/exact-ocr.md has them, of "keys.txt", and of "formulas.bin" where a contract judges the answers. */
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
  /** Answers a request like `run`, and commits to every step of it but those within the networks. */
  trace(request: readonly Tensor[], options?: RunOptions): Promise<OcrTrace>
}

/**
 * Opens an exact OCR model. Throws `InvalidModelError` for files that don't make one, `WrongFormulasError` for a "formulas.bin" that is not that of its graphs,
 * `UnfitExecutorError` for an executor that can't be used.
 */
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
    const keys = await loadPart(files, 'keys.txt', async (path) => readKeys(await readFile(path)))
    const [detector, recogniser] = [await open('det.onnx'), await open('rec.onnx')]
    checkDetector(detector.graph)
    checkRecogniser(recogniser.graph, keys.alphabet.length + 1)
    const binds = await judgedBindings(
      'ocr',
      [
        ['det.onnx', detector.graph],
        ['rec.onnx', recogniser.graph],
      ],
      files[FORMULAS_FILE],
    )
    return modelOver({ detector, recogniser, binds, keys, release })
  } catch (error) {
    await release()
    throw error
  }
}

type Parts = {
  readonly detector: OpenedExact
  readonly recogniser: OpenedExact
  readonly binds: readonly [detector: Bind, recogniser: Bind]
  readonly keys: Keys
  release(): Promise<void>
}

function modelOver({ detector, recogniser, binds, keys, release }: Parts): ExactOcrModel {
  const running =
    ({ executor }: OpenedExact, bind: Bind): RunGraph =>
    async (inputs) => {
      bind(inputs)
      return executor.run(inputs)
    }
  const { alphabet } = keys
  const networks = exactNetworks({
    ...{ detector: running(detector, binds[0]), recogniser: running(recogniser, binds[1]) },
    alphabet,
  })
  const lifetime = createLifetime('ocr', release)
  return {
    task: 'ocr',
    why: [...new Set([detector.why, recogniser.why])].join(' '),
    run: (request, { signal } = {}) =>
      lifetime.during(async () => {
        const { lines } = await readPage(networks, readImage(request), signal)
        return encodeAnswer(lines)
      }),
    trace: (request, { signal } = {}) =>
      lifetime.during(async () => tracePage(networks, keys, readImage(request), signal)),
    close: () => lifetime.close(),
  }
}
