import type { Network } from '../../onnx/openNetwork.ts'
import type { Rectangle } from '../geometry/rectangle.ts'
import type { Image } from '../image/image.ts'
import { SYMMETRIC } from '../image/normalisation.ts'
import { samplePlanes } from '../image/samplePlanes.ts'

/** Input of the classifier, in pixels; narrower strips leave the rest grey. */
const HEIGHT = 48
const WIDTH = 192
const BATCH = 16

/** For each rectangle, how much likelier it is that its text stands upside down than upright, from −1 to 1. */
export async function leanUpsideDown(
  network: Network,
  image: Image,
  rectangles: readonly Rectangle[],
): Promise<number[]> {
  const leans: number[] = []
  const planeSize = HEIGHT * WIDTH
  for (let from = 0; from < rectangles.length; from += BATCH) {
    const batch = rectangles.slice(from, from + BATCH)
    const data = new Float32Array(3 * planeSize * batch.length)
    batch.forEach((rectangle, i) => {
      const width = Math.min(WIDTH, Math.max(1, Math.round((HEIGHT * rectangle.width) / Math.max(rectangle.height, 1))))
      samplePlanes(
        image,
        rectangle,
        { width, height: HEIGHT },
        { data, at: 3 * planeSize * i, stride: WIDTH, planeSize },
        SYMMETRIC,
      )
    })
    const output = await network.run({ data, dims: [batch.length, 3, HEIGHT, WIDTH] })
    for (let i = 0; i < batch.length; i++) {
      leans.push((output.data[2 * i + 1] ?? 0) - (output.data[2 * i] ?? 0))
    }
  }
  return leans
}
