import type { Model } from '../model.ts'
import { modelFrom } from '../modelFrom.ts'
import { encodeLines } from './encodeLines.ts'
import { readImage } from './image/readImage.ts'
import { type OpenNetworksParameters, openNetworks } from './openNetworks.ts'
import { readText } from './readText.ts'

/** Opens an OCR model of the PP-OCR family (specs/tasks.md, "ocr"). Throws `InvalidModelError` or `MissingRuntimeError`. */
export async function openOcr(parameters: OpenNetworksParameters): Promise<Model> {
  const networks = await openNetworks(parameters)
  return modelFrom({
    task: 'ocr',
    async answer(request, signal) {
      return encodeLines(await readText(networks, readImage(request), signal))
    },
    async release() {
      const { detector, classifier, recogniser } = networks
      for (const network of [detector, classifier, recogniser.network]) await network.close()
    },
  })
}
