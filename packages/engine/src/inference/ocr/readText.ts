import type { Network } from '../onnx/openNetwork.ts'
import { detectText } from './detect/detectText.ts'
import type { Region } from './detect/findRegions.ts'
import { type Rectangle, turn } from './geometry/rectangle.ts'
import type { Image } from './image/image.ts'
import { directRegions, pageDirection } from './layout/directRegions.ts'
import { type Line, orderLines } from './layout/orderLines.ts'
import { leanUpsideDown } from './orient/leanUpsideDown.ts'
import { type Recogniser, recogniseLines } from './recognise/recogniseLines.ts'

export type Networks = { readonly detector: Network; readonly classifier: Network; readonly recogniser: Recogniser }

/** Readings less sure than this are left out: they are texture, not text. */
const MIN_SCORE = 0.5

/** A reading less sure than this is tried upside down as well. */
const SURE_SCORE = 0.8

/** Sine of the angle to the level (about 17°) from which on text is aslant. */
const ASLANT = 0.3

/** Finds and reads the lines of text in an image, in reading order. The signal is looked at before each step. */
export async function readText(networks: Networks, image: Image, signal?: AbortSignal): Promise<Line[]> {
  signal?.throwIfAborted()
  const found = directRegions(await findText(networks.detector, image, signal))
  signal?.throwIfAborted()
  const upright = turnByVote(found, await leanUpsideDown(networks.classifier, image, found))
  const lines = await readBothWays(networks.recogniser, image, upright, signal)
  return orderLines(lines.filter(({ text, score }) => score >= MIN_SCORE && text.trim() !== ''))
}

/** The detector breaks up lines that run aslant or upright: seeing that they do, it is shown the page again, turned. */
async function findText(detector: Network, image: Image, signal?: AbortSignal): Promise<Region[]> {
  const regions = await detectText(detector, image, { x: 1, y: 0 })
  const page = pageDirection(regions)
  if (Math.abs(page.y) < ASLANT) return regions
  signal?.throwIfAborted()
  return detectText(detector, image, page)
}

/** Reads the lines as they are, then those that were hard to read upside down, and keeps the surer reading of each. */
async function readBothWays(
  recogniser: Recogniser,
  image: Image,
  rectangles: readonly Rectangle[],
  signal?: AbortSignal,
): Promise<Line[]> {
  const lines = await readAll(recogniser, image, rectangles, signal)
  const unsure = lines.filter(({ score }) => score < SURE_SCORE)
  const turned = unsure.map(({ rectangle }) => turn(rectangle, 2))
  const again = await readAll(recogniser, image, turned, signal)
  const surer = new Map(unsure.map((line, i) => [line, again[i]]))
  return lines.map((line) => {
    const other = surer.get(line)
    return other && other.score > line.score ? other : line
  })
}

async function readAll(
  recogniser: Recogniser,
  image: Image,
  rectangles: readonly Rectangle[],
  signal?: AbortSignal,
): Promise<Line[]> {
  const readings = await recogniseLines(recogniser, image, rectangles, signal)
  return rectangles.map((rectangle, i) => ({ rectangle, ...(readings[i] ?? { text: '', score: 0 }) }))
}

/**
 * Lines along one axis of a page nearly always stand the same way up, and a single short line is easily misjudged: they vote, by the
 * sum of what they lean to.
 */
function turnByVote(rectangles: readonly Rectangle[], leans: readonly number[]): Rectangle[] {
  const votes = { level: 0, upright: 0 }
  const axis = ({ along }: Rectangle) => (Math.abs(along.x) >= Math.abs(along.y) ? 'level' : 'upright')
  rectangles.forEach((rectangle, i) => {
    votes[axis(rectangle)] += leans[i] ?? 0
  })
  return rectangles.map((rectangle) => (votes[axis(rectangle)] > 0 ? turn(rectangle, 2) : rectangle))
}
