import type { Area } from '../pieces/area.ts'
import type { OddsMap } from '../pieces/scanPieces.ts'

type Pixel = { readonly x: number; readonly y: number; readonly value: number }
type State = { runs: { start: number; end: number; area: number }[]; areas: Area[] }

/**
 * specs/exact-ocr.md, "Pieces", by definition instead of step by step: areas are found by spreading from pixel to pixel over the whole map for
 * the pieces, and over its first rows for the state after each row.
 */
export function scanLiterally(map: OddsMap): { pieces: Area[]; states: State[]; counts: number[] } {
  const whole = areasOf(map)
  const ended = whole
    .map((pixels) => ({ area: measure(pixels), end: lastRowStart(pixels) }))
    .sort((a, b) => a.area.bottom - b.area.bottom || a.end - b.end)
    .map(({ area }) => area)
    .filter(({ top, bottom, pixels, sum }) => bottom - top >= 3 && pixels >= 9 && sum >= 8 * pixels)
  const pieces = ended.slice(0, 256)
  const rows = Array.from({ length: map.height + 1 }, (_, y) => y)
  return {
    pieces,
    states: rows.map((y) => stateAfter(map, y)),
    // An area has ended when the row below its last one is known.
    counts: rows.map((y) => pieces.filter(({ bottom }) => bottom <= y).length),
  }
}

function stateAfter({ width, height, data }: OddsMap, y: number): State {
  if (y >= height) return { runs: [], areas: [] }
  const known = areasOf({ width, height: y + 1, data: data.slice(0, (y + 1) * width) })
  const reaching = known
    .filter((pixels) => pixels.some((pixel) => pixel.y === y))
    .sort((a, b) => lastRowStart(a) - lastRowStart(b))
  const runs = reaching.flatMap((pixels, area) => {
    const columns = new Set(pixels.filter((pixel) => pixel.y === y).map(({ x }) => x))
    const starts = [...columns].filter((x) => !columns.has(x - 1))
    return starts.map((start) => {
      let end = start
      while (columns.has(end)) end++
      return { start, end, area }
    })
  })
  return { runs: runs.sort((a, b) => a.start - b.start), areas: reaching.map(measure) }
}

/** Whether a pixel's run is among the first 64 of its row. */
function isAmongFirst(row: readonly boolean[], x: number): boolean {
  return row.filter((text, i) => text && !row[i - 1] && i <= x).length <= 64
}

/** Sets of pixels of text that touch at sides or corners. */
function areasOf({ width, height, data }: OddsMap): Pixel[][] {
  const open = new Map<string, Pixel>()
  for (let y = 0; y < height; y++) {
    const row = Array.from(data.subarray(y * width, (y + 1) * width), (value) => value >= -13)
    const crowded = row.filter((text, x) => text && !row[x - 1]).length > 64
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x] ?? 0
      if (value >= -13 && (!crowded || isAmongFirst(row, x))) open.set(`${x},${y}`, { x, y, value })
    }
  }
  const areas: Pixel[][] = []
  for (const [key, first] of open) {
    if (!open.delete(key)) continue
    const area = [first]
    for (const { x, y } of area) {
      for (const dy of [-1, 0, 1]) {
        for (const dx of [-1, 0, 1]) {
          const next = open.get(`${x + dx},${y + dy}`)
          if (!next) continue
          open.delete(`${x + dx},${y + dy}`)
          area.push(next)
        }
      }
    }
    areas.push(area)
  }
  return areas
}

function measure(pixels: readonly Pixel[]): Area {
  const [xs, ys] = [pixels.map(({ x }) => x), pixels.map(({ y }) => y)]
  return {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs) + 1,
    bottom: Math.max(...ys) + 1,
    pixels: pixels.length,
    sum: pixels.reduce((sum, { value }) => sum + value, 0),
  }
}

function lastRowStart(pixels: readonly Pixel[]): number {
  const bottom = Math.max(...pixels.map(({ y }) => y))
  return Math.min(...pixels.filter(({ y }) => y === bottom).map(({ x }) => x))
}
