import { readFile } from 'node:fs/promises'
import type { OcrNetworks } from '../../exact/ocr/networks.ts'
import type { Steps } from '../../exact/ocr/reading/spellSteps.ts'
import { readAlphabet } from '../../inference/ocr/recognise/readAlphabet.ts'
import { loadRuntime } from '../../inference/onnx/loadRuntime.ts'
import { openNetwork, type Values } from '../../inference/onnx/openNetwork.ts'
import { imageFeed } from '../calibrate/imageFeed.ts'
import { OCR_NETWORKS } from './ocrNetworks.ts'

/** Paths of the float networks of PP-OCRv4 and of their characters. */
export type FloatOcrFiles = Readonly<Record<'det.onnx' | 'rec.onnx' | 'keys.txt', string>>

/**
 * The float networks of PP-OCRv4 as the steps of exact OCR see networks: what the converter calibrates on is seen with them, and what the
 * steps are worth by themselves is measured.
 */
export async function openFloatNetworks(files: FloatOcrFiles): Promise<OcrNetworks & { close(): Promise<void> }> {
  const runtime = await loadRuntime()
  const detector = await openNetwork(runtime, files['det.onnx'], 1)
  const recogniser = await openNetwork(runtime, files['rec.onnx'], 1)
  const alphabet = readAlphabet(await readFile(files['keys.txt'], 'utf8'))
  return {
    alphabet,
    async detect(frame) {
      const { data } = await detector.run(imageFeed(frame, OCR_NETWORKS.det.input))
      const { width, height } = frame
      return { width, height, data: Int8Array.from(data, (p) => sixteenths(-128, Math.log(p / (1 - p)), 127)) }
    },
    async read(strip) {
      return stepsOf(await recogniser.run(imageFeed(strip, OCR_NETWORKS.rec.input)))
    },
    async close() {
      await detector.close()
      await recogniser.close()
    },
  }
}

const sixteenths = (lo: number, nats: number, hi: number) => Math.min(hi, Math.max(lo, Math.round(16 * nats)))

/** Probabilities of classes, one row a step, as what stands first and by how much. */
function stepsOf({ data, dims }: Values): Steps {
  const [, steps = 0, classes = 0] = dims
  const [best, leads] = [new Int32Array(steps), new Int32Array(2 * steps)]
  for (let step = 0; step < steps; step++) {
    const row = data.subarray(step * classes, (step + 1) * classes)
    const first = row.reduce((first, p, i) => (p > (row[first] ?? 0) ? i : first), 0)
    const lead = (of: number) => sixteenths(0, Math.log((row[first] ?? 0) / (row[of] ?? 0)), 2 ** 20)
    best[step] = first
    leads[2 * step] = lead(0)
    leads[2 * step + 1] = lead(classes - 1)
  }
  return { best, leads }
}
