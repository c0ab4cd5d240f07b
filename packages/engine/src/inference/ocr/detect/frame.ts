import { boundAlong, type Point, pointAt, type Rectangle } from '../geometry/rectangle.ts'
import type { Image } from '../image/image.ts'

/** The part of an image's plane that the detector is shown (`view`), and the size in pixels that it is shown at. */
export type Frame = { readonly view: Rectangle; readonly width: number; readonly height: number }

/** The detector halves its input five times. */
const MULTIPLE = 32

/** Pixels of room around the image, so that text at its edge is seen as a whole. */
const MARGIN = 16

/** Input pixels beyond which an image is shrunk; text stays visible to the detector well below the size that reading needs. */
const MAX_PIXELS = 1_250_000

/** Shows the whole image, turned so that `along` points to the right, never enlarged, with the same scale both ways. */
export function frameFor({ width, height }: Pick<Image, 'width' | 'height'>, along: Point): Frame {
  const corners = [0, width].flatMap((x) => [0, height].map((y) => ({ x, y })))
  const bound = boundAlong(corners, along)
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (bound.width * bound.height)))
  const size = { width: roundUp(bound.width * scale + 2 * MARGIN), height: roundUp(bound.height * scale + 2 * MARGIN) }
  return { ...size, view: { ...bound, width: size.width / scale, height: size.height / scale } }
}

/** From the frame's pixels to the image's. */
export function toImage({ view, width, height }: Frame, { x, y }: Point): Point {
  return pointAt(view, (x / width - 0.5) * view.width, (y / height - 0.5) * view.height)
}

function roundUp(length: number): number {
  return Math.ceil(length / MULTIPLE) * MULTIPLE
}
