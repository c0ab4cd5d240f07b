import type { Image } from '../../../inference/ocr/image/image.ts'
import type { Window } from './resample.ts'

/**
 * What the detector is shown: `box` of the page as `width` × `height` pixels, both multiples of 32. `reduction` pixels of the page
 * make 32 of the frame, so that every multiple of 32 of the frame is a whole pixel of the page.
 */
export type Frame = Window & { readonly reduction: number }

/** The detector halves its input five times. */
export const FRAME_STEP = 32

/** The longest side of a frame, in steps. */
const MAX_STEPS = 30

/** The whole page with half a step of room around it, never enlarged (specs/exact-ocr.md, "Frame"). */
export function frameFor({ width, height }: Pick<Image, 'width' | 'height'>): Frame {
  const reduction = Math.max(FRAME_STEP, Math.ceil(Math.max(width, height) / (MAX_STEPS - 1)))
  const [across, down] = [1 + Math.ceil(width / reduction), 1 + Math.ceil(height / reduction)]
  const start = -(reduction >> 1)
  return {
    box: { left: start, top: start, right: start + across * reduction, bottom: start + down * reduction },
    width: across * FRAME_STEP,
    height: down * FRAME_STEP,
    reduction,
  }
}
