import type { Image } from '../../../../inference/ocr/image/image.ts'
import { randomFrom } from '../../../testing/graphs/random.ts'
import type { OddsMap } from '../../pieces/scanPieces.ts'
import type { Steps } from '../../reading/spellSteps.ts'

/** A page, a dictionary, and networks that say anything: what no network would say as well. */
export type RandomPage = {
  readonly page: Image
  readonly keys: Uint8Array
  readonly alphabet: readonly string[]
  detect(frame: Image): Promise<OddsMap>
  read(strip: Image): Promise<Steps>
}

type Random = ReturnType<typeof randomFrom>

const MARKS = ['a', 'B', '7', 'é', '茶', '👍', '\u{10ffff}', '', 'x'.repeat(64), '"', '0', 'µ']

const MOST_SIDE = 70
/** Some pages are wide enough for more runs in a row than count. */
const WIDE = 240

/** The same for the same seed. @param width random where left out. */
export function randomPage(seed: number, width?: number): RandomPage {
  const random = randomFrom(seed)
  return pageOf(random, width ?? random.int(8, random.chance(0.1) ? WIDE : MOST_SIDE), random.int(8, MOST_SIDE))
}

function pageOf(random: Random, width: number, height: number): RandomPage {
  const bytes = Uint8Array.from({ length: width * height * 3 }, () =>
    random.chance(0.3) ? random.pick([0, 255]) : random.int(0, 255),
  )
  const lines = Array.from({ length: random.pick([1, 3, 40, 900]) }, () => random.pick(MARKS))
  // An empty line at the end would be none.
  if (lines.at(-1) === '') lines.push('z')
  const keys = new TextEncoder().encode(lines.join('\n') + (random.chance(0.5) ? '\n' : ''))
  const alphabet = [...lines, ' ']
  return {
    page: { width, height, data: bytes },
    keys,
    alphabet,
    detect: async (frame) => randomOdds(random, frame),
    read: async (strip) => randomSteps(random, strip.width / 8, alphabet.length),
  }
}

/** Rectangles of text, and specks. */
function randomOdds(random: Random, { width, height }: Image): OddsMap {
  const speckled = random.pick([0, 0.02, 0.5])
  const data = Int8Array.from({ length: width * height }, () =>
    random.chance(speckled) ? random.pick([127, -13, -14, 8, 0]) : -128,
  )
  for (let i = random.int(0, 8); i > 0; i--) {
    const [left, top] = [random.int(0, width - 1), random.int(0, height - 1)]
    const value = random.pick([127, 40, 9, 8, 7, -13])
    for (let y = top; y < Math.min(height, top + random.int(1, 12)); y++)
      data.fill(value, y * width + left, y * width + Math.min(width, left + random.int(1, 40)))
  }
  return { width, height, data }
}

const EXTREMES = [2 ** 31 - 1, -(2 ** 31), 62, 63, 31, 32, 0, 200]

function randomSteps(random: Random, count: number, space: number): Steps {
  const few = random.chance(0.5)
  const classOf = () => (random.chance(0.4) ? random.pick([0, space]) : random.int(1, few ? Math.min(3, space) : space))
  return {
    best: Int32Array.from({ length: count }, classOf),
    leads: Int32Array.from({ length: 2 * count }, () => (few ? random.int(0, 160) : random.pick(EXTREMES))),
  }
}
