import type { Network } from '../../onnx/openNetwork.ts'
import type { Point } from '../geometry/rectangle.ts'
import type { Image } from '../image/image.ts'
import { reduceImage } from '../image/reduceImage.ts'
import { type Normalisation, samplePlanes } from '../image/samplePlanes.ts'
import { findRegions, type Region } from './findRegions.ts'
import { type Frame, frameFor, toImage } from './frame.ts'

/**
 * (value / 255 − mean) / deviation with ImageNet's statistics, which PaddleOCR lists in the order red, green, blue but applies to
 * planes in the order blue, green, red.
 */
const NORMALISATION: Normalisation = {
  scale: [1 / (255 * 0.229), 1 / (255 * 0.224), 1 / (255 * 0.225)],
  offset: [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225],
}

/** Finds the regions of text in an image, in its own pixels. The detector is shown the image turned so that `along` is level. */
export async function detectText(network: Network, image: Image, along: Point): Promise<Region[]> {
  const frame = frameFor(image, along)
  const output = await network.run({ data: inputFor(image, frame), dims: [1, 3, frame.height, frame.width] })
  const regions = findRegions({ width: frame.width, height: frame.height, data: output.data })
  return regions.map(({ hull }) => ({ hull: hull.map((point) => toImage(frame, point)) }))
}

function inputFor(image: Image, { view, width, height }: Frame): Float32Array {
  const data = new Float32Array(3 * width * height)
  const factor = Math.max(1, Math.floor(view.width / width))
  const rectangle = {
    center: { x: view.center.x / factor, y: view.center.y / factor },
    along: view.along,
    width: view.width / factor,
    height: view.height / factor,
  }
  const planes = { data, at: 0, stride: width, planeSize: width * height }
  samplePlanes(reduceImage(image, factor), rectangle, { width, height }, planes, NORMALISATION)
  return data
}
