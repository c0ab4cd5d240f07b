import { readFile } from 'node:fs/promises'
import type { Image } from '../../../inference/ocr/image/image.ts'
import { readAlphabet } from '../../../inference/ocr/recognise/readAlphabet.ts'
import { ocrFiles } from '../../../inference/ocr/testing/ocrFiles.ts'
import { loadRuntime } from '../../../inference/onnx/loadRuntime.ts'
import { openNetwork, type Values } from '../../../inference/onnx/openNetwork.ts'
import type { OcrNetworks } from '../networks.ts'
import type { Steps } from '../reading/decodeSteps.ts'

/** (value − mean) / deviation of ImageNet for planes in the order blue, green, red, and −1…1, as the two networks were trained. */
const DETECTOR = { mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375] }
const RECOGNISER = { mean: [127.5, 127.5, 127.5], deviation: [127.5, 127.5, 127.5] }

/** The float networks of PP-OCRv4 as the exact steps see networks: what the steps are worth by themselves is measured with these. */
export async function openFloatNetworks(): Promise<OcrNetworks & { close(): Promise<void> }> {
  const runtime = await loadRuntime()
  const files = ocrFiles()
  const detector = await openNetwork(runtime, files['det.onnx'], 1)
  const recogniser = await openNetwork(runtime, files['rec.onnx'], 1)
  const alphabet = readAlphabet(await readFile(files['keys.txt'], 'utf8'))
  return {
    alphabet,
    async detect(frame) {
      const { data } = await detector.run(planesOf(frame, DETECTOR))
      const { width, height } = frame
      return { width, height, data: Int8Array.from(data, (p) => sixteenths(-128, Math.log(p / (1 - p)), 127)) }
    },
    async read(strip) {
      return stepsOf(await recogniser.run(planesOf(strip, RECOGNISER)))
    },
    async close() {
      await detector.close()
      await recogniser.close()
    },
  }
}

const sixteenths = (lo: number, nats: number, hi: number) => Math.min(hi, Math.max(lo, Math.round(16 * nats)))

function planesOf({ width, height, data }: Image, { mean, deviation }: typeof DETECTOR): Values {
  const size = width * height
  const planes = new Float32Array(3 * size)
  for (let i = 0; i < size; i++) {
    for (let plane = 0; plane < 3; plane++) {
      const value = data[3 * i + 2 - plane] ?? 0
      planes[plane * size + i] = (value - (mean[plane] ?? 0)) / (deviation[plane] ?? 1)
    }
  }
  return { data: planes, dims: [1, 3, height, width] }
}

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
