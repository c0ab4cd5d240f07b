import { readFile } from 'node:fs/promises'
import { bytesToHex, tensorDigest } from '@stoa/protocol'
import { describe, expect, test } from 'vitest'
import { frameFor } from './image/frameFor.ts'
import { resample } from './image/resample.ts'
import { orderPieces } from './layout/orderPieces.ts'
import type { OcrNetworks } from './networks.ts'
import { boxOf } from './pieces/boxOf.ts'
import { scanPieces } from './pieces/scanPieces.ts'
import { stateTensor } from './pieces/stateTensor.ts'
import { decodeSteps } from './reading/decodeSteps.ts'
import { readKeys } from './reading/readKeys.ts'
import { stripFor } from './reading/stripFor.ts'
import { drawnMap, makeExactOcrVectors, oddsOf, patternPage, repeated, stepsOf } from './reference/vectors.ts'
import { tracePage } from './tracePage.ts'

type Vectors = Awaited<ReturnType<typeof makeExactOcrVectors>>
const file = new URL('../../../../../specs/vectors/exact-ocr.json', import.meta.url)
const vectors: Vectors = JSON.parse(await readFile(file, 'utf8'))

describe('committed vectors', () => {
  test('are what the literal implementation says', async () => {
    expect(JSON.parse(JSON.stringify(await makeExactOcrVectors()))).toEqual(vectors)
  })

  test('hold for windows', () => {
    for (const { page, ...frame } of vectors.frames) {
      const [width = 0, height = 0] = page
      expect(frameFor({ width, height })).toEqual(frame)
    }
    for (const { page, bytes, ...window } of vectors.resampling) {
      const [width = 0, height = 0] = page
      expect(bytesToHex(resample(patternPage(width, height), window).data)).toBe(bytes)
    }
    for (const { reduction, area, box, width } of vectors.boxes) {
      const start = -(reduction >> 1)
      const frame = { box: { left: start, top: start, right: 0, bottom: 0 }, width: 32, height: 32, reduction }
      expect(boxOf({ ...area, pixels: 9, sum: 72 }, frame)).toEqual(box)
      expect(stripFor(box).width).toBe(width)
    }
  })

  test('hold for scans', () => {
    for (const { picture, pieces, states } of vectors.scans) {
      const digests: string[] = []
      const watch = (...[state, count]: Parameters<typeof stateTensor>) =>
        digests.push(bytesToHex(tensorDigest(stateTensor(state, count))))
      expect(scanPieces(drawnMap(picture), watch)).toEqual(pieces)
      expect(digests).toEqual(states)
    }
  })

  test('hold for texts and lines', () => {
    for (const { text, states: _, ...steps } of vectors.texts)
      expect(decodeSteps(stepsOf(steps), vectors.alphabet)).toBe(text)
    for (const { boxes, lines } of vectors.lines) {
      const ordered = orderPieces(boxes.map((box, i) => ({ box, text: String(i) })))
      expect(ordered.map(({ pieces }) => pieces.map(({ text }) => Number(text)))).toEqual(lines)
    }
  })

  test('hold for a whole run', async () => {
    const { run } = vectors
    const networks: OcrNetworks = {
      alphabet: vectors.alphabet,
      detect: async ({ width, height }) => oddsOf(run, width, height),
      read: async ({ width }) => repeated(run, width / 8),
    }
    const keys = readKeys(new TextEncoder().encode(run.keys))
    const { root, entries, response } = await tracePage(networks, keys, patternPage(...run.page))
    expect(entries.map(({ name, digest }) => [name, bytesToHex(digest)])).toEqual(
      run.trace.map(({ name, digest }) => [name, digest]),
    )
    expect(response.map(({ name, data }) => ({ name, data: bytesToHex(data) }))).toEqual(run.response)
    expect(root).toBe(run.root)
  })
})
