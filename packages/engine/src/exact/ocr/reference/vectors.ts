import { bytesToHex, tensorDigest, traceRoot } from '@stoa/protocol'
import type { Image } from '../../../inference/ocr/image/image.ts'
import type { OddsMap } from '../pieces/scanPieces.ts'
import type { Steps } from '../reading/spellSteps.ts'
import { boxLiterally, decodeLiterally, frameLiterally, orderLiterally, stripWidthLiterally } from './readLiterally.ts'
import { resampleLiterally } from './resampleLiterally.ts'
import { scanLiterally } from './scanLiterally.ts'
import { stateLiterally, traceLiterally } from './traceLiterally.ts'

/** Contents of specs/vectors/exact-ocr.json, computed by the literal implementation alone. */
export async function makeExactOcrVectors() {
  return {
    pattern: 'byte i of a page is (i*i + 7*i) mod 251',
    frames: PAGES.map(([width, height]) => ({ page: [width, height], ...frameLiterally({ width, height }) })),
    resampling: WINDOWS.map(({ page: [pageWidth, pageHeight], box: [left, top, right, bottom], size }) => {
      const window = { box: { left, top, right, bottom }, width: size[0], height: size[1] }
      const { data } = resampleLiterally(patternPage(pageWidth, pageHeight), window)
      return { page: [pageWidth, pageHeight], ...window, bytes: bytesToHex(data) }
    }),
    scans: MAPS.map((picture) => {
      const map = drawnMap(picture)
      const { pieces, states, counts } = scanLiterally(map)
      const digests = states.map((state, y) => bytesToHex(tensorDigest(stateLiterally(state, counts[y] ?? 0))))
      return { picture, pieces, states: digests }
    }),
    boxes: AREAS.map(({ reduction, area: [left, top, right, bottom] }) => {
      const box = boxLiterally({ left, top, right, bottom, pixels: 9, sum: 72 }, reduction)
      return { reduction, area: { left, top, right, bottom }, box, width: stripWidthLiterally(box) }
    }),
    alphabet: ALPHABET,
    texts: READINGS.map(({ best, leads }) => ({
      best,
      leads,
      ...decodeLiterally(stepsOf({ best, leads }), ALPHABET),
    })),
    lines: LAYOUTS.map((layout) => {
      const boxes = layout.map(([left, top, right, bottom]) => ({ left, top, right, bottom }))
      return { boxes, lines: orderLiterally(boxes) }
    }),
    run: await runOf(RUN),
  }
}

export function patternPage(width: number, height: number): Image {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i + 7 * i) % 251) }
}

/** A map as vectors write it: a dot is odds of −128, a digit d odds of 10d − 20. */
export function drawnMap(rows: readonly string[]): OddsMap {
  const cells = Array.from(rows.join(''))
  return {
    width: rows[0]?.length ?? 0,
    height: rows.length,
    data: Int8Array.from(cells, (cell) => (cell === '.' ? -128 : 10 * Number(cell) - 20)),
  }
}

type Numbers = { readonly best: readonly number[]; readonly leads: readonly number[] }

export const stepsOf = ({ best, leads }: Numbers): Steps => ({
  best: Int32Array.from(best),
  leads: Int32Array.from(leads),
})

/** A whole run: the page, what the detector gives for it, and the steps that the recogniser repeats along every strip. */
export type RunVector = {
  readonly page: readonly [number, number]
  /** −128 but for these rectangles of the frame. */
  readonly odds: readonly { left: number; top: number; right: number; bottom: number; value: number }[]
  readonly steps: Numbers
}

export function oddsOf({ odds }: RunVector, width: number, height: number): OddsMap {
  const data = new Int8Array(width * height).fill(-128)
  for (const { left, top, right, bottom, value } of odds) {
    for (let y = top; y < bottom; y++) data.fill(value, y * width + left, y * width + right)
  }
  return { width, height, data }
}

/** What the recogniser gives for a strip of so many steps. */
export function repeated({ steps }: RunVector, count: number): Steps {
  const period = steps.best.length
  return {
    best: Int32Array.from({ length: count }, (_, i) => steps.best[i % period] ?? 0),
    leads: Int32Array.from({ length: 2 * count }, (_, i) => steps.leads[i % (2 * period)] ?? 0),
  }
}

async function runOf(run: RunVector) {
  const { entries, response } = await traceLiterally(
    {
      detect: async ({ width, height }) => oddsOf(run, width, height),
      read: async ({ width }) => repeated(run, width / 8),
    },
    new TextEncoder().encode(KEYS),
    patternPage(...run.page),
  )
  const digests = entries.map(tensorDigest)
  const trace = entries.map(({ name, dtype, dims }, i) => ({
    ...{ name, dtype, dims },
    digest: bytesToHex(digests[i] ?? new Uint8Array()),
  }))
  const answer = response.map(({ name, data }) => ({ name, data: bytesToHex(data) }))
  return { ...run, keys: KEYS, response: answer, trace, root: traceRoot(digests) }
}

type Four = readonly [number, number, number, number]
type Two = readonly [number, number]

const PAGES: readonly Two[] = [
  [8, 8],
  [928, 600],
  [929, 600],
  [640, 480],
  [4096, 3906],
  [31, 2048],
]

const WINDOWS: readonly { page: Two; box: Four; size: Two }[] = [
  { page: [5, 4], box: [-2, -1, 7, 5], size: [9, 6] },
  { page: [5, 4], box: [1, 1, 4, 3], size: [8, 5] },
  { page: [13, 11], box: [-3, 0, 17, 12], size: [6, 7] },
  { page: [9, 9], box: [20, -9, 29, -2], size: [3, 9] },
  { page: [40, 3], box: [0, 0, 40, 3], size: [2, 2] },
]

const MAPS: readonly (readonly string[])[] = [
  ['...', '...'],
  ['99999', '99999', '99999'],
  ['555..44', '555.44.', '55544..', '...55..', '555....'],
  ['333.333.000.333', '333.333.000.333', '333.333.000....', '333............', '...999999999999'],
  ['7.7.7.7', '7.7.7.7', '7777777', '7.7.7.7', '.......', '1.1.1.1'],
]

const AREAS: readonly { reduction: number; area: Four }[] = [
  { reduction: 32, area: [50, 40, 150, 50] },
  { reduction: 32, area: [16, 16, 19, 19] },
  { reduction: 33, area: [0, 1, 958, 4] },
  { reduction: 142, area: [100, 200, 101, 260] },
  { reduction: 67, area: [7, 9, 300, 31] },
]

const ALPHABET = ['a', 'b', '茶', ' ']
const KEYS = 'a\nb\n茶\n'

const READINGS: readonly Numbers[] = [
  { best: [], leads: [] },
  { best: [1, 1, 0, 1, 2], leads: [99, 99, 50, 99, 0, 99, 99, 99, 99, 99] },
  { best: [0, 1, 0, 3, 4, 0], leads: [0, 1, 80, 9, 0, 62, 80, 9, 70, 0, 0, 9] },
  { best: [3, 4, 3], leads: [32, 0, 9, 0, 32, 0] },
  { best: [3, 0, 3, 3], leads: [32, 0, 0, 63, 20, 0, 31, 0] },
]

const LAYOUTS: readonly (readonly Four[])[] = [
  [],
  [
    [200, 12, 240, 30],
    [10, 40, 60, 60],
    [10, 10, 80, 28],
  ],
  [
    [0, 0, 10, 10],
    [20, 5, 30, 15],
    [40, 10, 50, 20],
    [0, 0, 10, 10],
    [5, 30, 6, 31],
  ],
]

const RUN: RunVector = {
  page: [150, 90],
  odds: [
    { left: 30, top: 24, right: 90, bottom: 32, value: 60 },
    { left: 110, top: 26, right: 140, bottom: 33, value: 20 },
    { left: 30, top: 60, right: 64, bottom: 70, value: -13 },
    { left: 30, top: 62, right: 64, bottom: 66, value: 127 },
  ],
  steps: { best: [0, 1, 4, 3, 3], leads: [0, 9, 80, 9, 60, 0, 70, 9, 90, 9] },
}
