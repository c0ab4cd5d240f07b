import type { Box } from '../image/box.ts'
import { FRAME_STEP, type Frame } from '../image/frameFor.ts'
import type { Area } from './area.ts'

/**
 * Where on the page the text of a piece stands. The detector was trained to mark text shrunk on all sides (Liao et al. 2020, "Real-time
 * Scene Text Detection with Differentiable Binarization", section 3.5): each side moves outwards by 1.7 times area / perimeter, here
 * in 32nds of a pixel of the frame, and then to the next whole pixel of the page.
 */
export function boxOf({ left, top, right, bottom }: Area, { reduction, box }: Frame): Box {
  const [width, height] = [right - left, bottom - top]
  const margin = Math.floor((FRAME_STEP * 17 * width * height) / (20 * (width + height)))
  const down = (edge: number) => Math.floor(((FRAME_STEP * edge - margin) * reduction) / FRAME_STEP ** 2)
  const up = (edge: number) => Math.ceil(((FRAME_STEP * edge + margin) * reduction) / FRAME_STEP ** 2)
  return {
    left: box.left + down(left),
    top: box.top + down(top),
    right: box.left + up(right),
    bottom: box.top + up(bottom),
  }
}
