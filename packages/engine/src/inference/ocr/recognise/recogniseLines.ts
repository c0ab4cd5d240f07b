import type { Network } from '../../onnx/openNetwork.ts'
import type { Rectangle } from '../geometry/rectangle.ts'
import type { Image } from '../image/image.ts'
import { SYMMETRIC } from '../image/normalisation.ts'
import { samplePlanes } from '../image/samplePlanes.ts'
import { decodeCtc, type Reading } from './decodeCtc.ts'

export type Recogniser = { readonly network: Network; readonly alphabet: readonly string[] }

/** The recogniser reads strips of this height, in pixels. */
const HEIGHT = 48

/** Widths of strips: the least the network was trained on, and a bound on memory (attention grows with its square). */
const MIN_WIDTH = 64
const MAX_WIDTH = 3200

/** Strips read at once share a width; it grows in this step, so that little is padding. */
const WIDTH_STEP = 64

/** Pixels read at once: bounds memory, about 150 bytes a pixel inside the network. */
const BATCH_WIDTH = 2560

/** Reads the text under each rectangle, in its direction; one reading for each rectangle, in their order. */
export async function recogniseLines(
  { network, alphabet }: Recogniser,
  image: Image,
  rectangles: readonly Rectangle[],
  signal?: AbortSignal,
): Promise<Reading[]> {
  const readings: Reading[] = rectangles.map(() => ({ text: '', score: 0 }))
  for (const batch of batches(rectangles)) {
    signal?.throwIfAborted()
    const planeSize = HEIGHT * batch.width
    const data = new Float32Array(3 * planeSize * batch.members.length)
    batch.members.forEach(({ rectangle, width }, i) => {
      const planes = { data, at: 3 * planeSize * i, stride: batch.width, planeSize }
      samplePlanes(image, rectangle, { width, height: HEIGHT }, planes, SYMMETRIC)
    })
    const output = await network.run({ data, dims: [batch.members.length, 3, HEIGHT, batch.width] })
    const each = output.data.length / batch.members.length
    batch.members.forEach(({ index }, i) => {
      readings[index] = decodeCtc(output.data.subarray(each * i, each * (i + 1)), alphabet)
    })
  }
  return readings
}

type Strip = { readonly index: number; readonly rectangle: Rectangle; readonly width: number }
type Batch = { readonly width: number; readonly members: Strip[] }

/** Strips of about one width together, the narrow ones first. */
function batches(rectangles: readonly Rectangle[]): Batch[] {
  const strips = rectangles.map((rectangle, index) => ({ index, rectangle, width: stripWidth(rectangle) }))
  strips.sort((a, b) => a.width - b.width || a.index - b.index)
  const all: Batch[] = []
  for (const strip of strips) {
    const width = Math.max(MIN_WIDTH, Math.ceil(strip.width / WIDTH_STEP) * WIDTH_STEP)
    const last = all.at(-1)
    if (last && last.width === width && (last.members.length + 1) * width <= BATCH_WIDTH) last.members.push(strip)
    else all.push({ width, members: [strip] })
  }
  return all
}

function stripWidth({ width, height }: Rectangle): number {
  return Math.min(MAX_WIDTH, Math.max(1, Math.round((HEIGHT * width) / Math.max(height, 1))))
}
