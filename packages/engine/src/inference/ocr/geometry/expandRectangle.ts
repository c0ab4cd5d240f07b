import type { Rectangle } from './rectangle.ts'

/**
 * Undoes the shrinking of text regions that a DB detector is trained with (Liao et al. 2020, "Real-time Scene Text Detection with
 * Differentiable Binarization", section 3.5): every side moves outwards by area × `ratio` / perimeter. The general method offsets a
 * polygon and bounds the result again; for a rectangle that is this.
 */
export function expandRectangle(rectangle: Rectangle, ratio: number): Rectangle {
  const { width, height } = rectangle
  const distance = width + height === 0 ? 0 : (width * height * ratio) / (2 * (width + height))
  return { ...rectangle, width: width + 2 * distance, height: height + 2 * distance }
}
