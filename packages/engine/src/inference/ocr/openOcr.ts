import type { Tensor } from '@stoa/protocol'
import { ModelClosedError } from '../errors.ts'
import type { Model, RunOptions } from '../model.ts'
import { encodeLines } from './encodeLines.ts'
import { readImage } from './image/readImage.ts'
import { type OpenNetworksParameters, openNetworks } from './openNetworks.ts'
import { readText } from './readText.ts'

/** Opens an OCR model of the PP-OCR family (specs/tasks.md, "ocr"). Throws `InvalidModelError` or `MissingRuntimeError`. */
export async function openOcr(parameters: OpenNetworksParameters): Promise<Model> {
  const networks = await openNetworks(parameters)
  const running = new Set<Promise<Tensor[]>>()
  let closing: Promise<void> | undefined
  async function answer(request: readonly Tensor[], signal?: AbortSignal): Promise<Tensor[]> {
    return encodeLines(await readText(networks, readImage(request), signal))
  }
  async function finish(): Promise<void> {
    await Promise.allSettled(running)
    const { detector, classifier, recogniser } = networks
    for (const network of [detector, classifier, recogniser.network]) await network.close()
  }
  return {
    task: 'ocr',
    async run(request, { signal }: RunOptions = {}) {
      if (closing) throw new ModelClosedError('ocr')
      const run = answer(request, signal)
      running.add(run)
      try {
        return await run
      } finally {
        running.delete(run)
      }
    },
    close() {
      closing ??= finish()
      return closing
    },
  }
}
