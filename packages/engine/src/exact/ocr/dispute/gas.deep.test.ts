import { DTYPE_BYTES, type Tensor } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Image } from '../../../inference/ocr/image/image.ts'
import { randomFrom } from '../../testing/graphs/random.ts'
import type { OcrNetworks } from '../networks.ts'
import type { OddsMap } from '../pieces/scanPieces.ts'
import { readKeys } from '../reading/readKeys.ts'
import type { Steps } from '../reading/spellSteps.ts'
import { readPage } from '../readPage.ts'
import { openPageTrace } from '../trace/openPageTrace.ts'
import { pageEntryAt, piecesOf } from '../trace/pageLayout.ts'
import { elementEvidence } from './stepEvidence.ts'
import { committedPage } from './testing/committedPage.ts'
import { MADE_ELSEWHERE } from './testing/compareSteps.ts'
import { openPageSteps, type PageStepsContract } from './testing/openPageSteps.ts'

let contract: PageStepsContract
beforeAll(async () => {
  contract = await openPageSteps()
})
afterAll(() => contract.close())

/** Gas of a step as a transaction of its own, whatever the page: with verdict and payouts it fits a game of 2M. */
const MOST = 400_000

const random = randomFrom(7)
const lines = Array.from({ length: 6_600 }, (_, i) => String.fromCodePoint(0x4e00 + i))
const keys = readKeys(new TextEncoder().encode(`${lines.join('\n')}\n`))
const pageOf = (width: number, height: number): Image => ({
  ...{ width, height },
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 31 + (i >> 7)) & 255),
})

/** Long texts of many bytes. */
const read = async ({ width }: Image): Promise<Steps> => ({
  best: Int32Array.from({ length: width / 8 }, (_, i) => (i % 3 === 2 ? 0 : random.int(1, lines.length))),
  leads: Int32Array.from({ length: width / 4 }, () => 60),
})

/** Every second column is text, and the last row joins them: as many runs and areas as there can be, of which the first 64 count. Too faint for pieces. */
const comb = async ({ width, height }: Image): Promise<OddsMap> => ({
  ...{ width, height },
  data: Int8Array.from({ length: width * height }, (_, i) => (i % 2 === 0 || i >= width * (height - 1) ? 7 : -128)),
})

/** 256 pieces in lines of 16. */
const grid = async ({ width, height }: Image): Promise<OddsMap> => ({
  ...{ width, height },
  data: Int8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) - 20, Math.floor(i / width) - 20]
    return x >= 0 && y >= 0 && x % 58 < 40 && y % 58 < 12 ? 100 : -128
  }),
})

/** One piece as high as the page, and narrow: the strip is reduced a hundredfold. */
const tower = async ({ width, height }: Image): Promise<OddsMap> => ({
  ...{ width, height },
  data: Int8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    return x > 300 && x < 700 && y > 20 && y < height - 20 ? 100 : -128
  }),
})

test.each([
  ['runs', pageOf(928, 928), comb],
  ['pieces', pageOf(928, 928), grid],
  ['heights', pageOf(3_900, 4_096), tower],
])(
  'a step of a page of many %s costs at most 400,000 gas',
  async (_, page, detect) => {
    const networks: OcrNetworks = { alphabet: keys.alphabet, detect, read }
    const trace = openPageTrace({ page, keys, reading: await readPage(networks, page) })
    const tensors = Array.from({ length: trace.entries }, (_, index) => trace.tensor(index))
    const { sources, claims } = committedPage(tensors, keys.file)
    const pieces = piecesOf(tensors.length) ?? 0
    const costs = new Map<string, { gas: number; bytes: number }>()
    for (const [entry, tensor] of tensors.entries()) {
      const { kind, piece = 0 } = pageEntryAt(entry, pieces)
      if (MADE_ELSEWHERE.includes(kind) || (piece !== 0 && piece !== pieces - 1)) continue
      for (const element of some(tensor)) {
        const evidence = elementEvidence(sources, entry, element)
        const asked = { claims, entry, element, evidence }
        const gas = await contract.gasOf(asked)
        if (gas > (costs.get(kind)?.gas ?? 0))
          costs.set(kind, { gas, bytes: contract.elementData(asked).length / 2 - 1 })
      }
    }
    console.table(Object.fromEntries(costs))
    expect(Math.max(...[...costs.values()].map(({ gas }) => gas))).toBeLessThan(MOST)
  },
  600_000,
)

/** The first element, the last and some between them. */
function some({ data, dtype }: Tensor): Set<number> {
  const all = data.length / DTYPE_BYTES[dtype]
  if (all === 0) return new Set()
  return new Set([0, all - 1, Math.max(0, all - 33), ...Array.from({ length: 6 }, () => random.int(0, all - 1))])
}
