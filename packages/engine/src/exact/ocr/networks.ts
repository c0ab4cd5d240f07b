import type { Image } from '../../inference/ocr/image/image.ts'
import type { OddsMap } from './pieces/scanPieces.ts'
import type { Steps } from './reading/spellSteps.ts'

/** The two networks as the steps between them see them. */
export type OcrNetworks = {
  /** The odds of text in each pixel of a frame, whose sides are multiples of 32. */
  detect(frame: Image): Promise<OddsMap>
  /** What stands in a strip 48 pixels high, step by step. */
  read(strip: Image): Promise<Steps>
  /** The characters of classes 1, 2, …; the last is the space. */
  readonly alphabet: readonly string[]
}
