import { expect, test } from 'vitest'
import { characterAccuracy } from '../ocr/characterAccuracy.ts'
import { registerFonts } from '../ocr/fonts.ts'
import { makeCases } from '../ocr/makeCases.ts'
import { renderText } from '../ocr/renderText.ts'
import { LEVEL_KINDS } from './levelKinds.ts'
import { openExactReader } from './openReaders.ts'

test('the exact model reads 99% of the characters on 40 images of level text', async () => {
  registerFonts()
  const reader = await openExactReader(1)
  const samples: { truth: string; read: string }[] = []
  for (const { kind, image } of makeCases(4, 4_711)) {
    if (!LEVEL_KINDS.includes(kind)) continue
    const { canvas, truth } = renderText(image)
    samples.push({ truth, read: await reader.read(canvas) })
  }
  await reader.close()
  expect(samples).toHaveLength(40)
  expect(characterAccuracy(samples)).toBeGreaterThan(0.99)
})
