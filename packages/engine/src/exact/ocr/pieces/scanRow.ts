import { type Area, uniteAreas } from './area.ts'
import { isText, MAX_RUNS } from './rules.ts'

/** Pixels from `start` to `end` (exclusive) of one row, all text, between pixels that are not; `area` is a place in `areas`. */
export type Run = { readonly start: number; readonly end: number; readonly area: number }

/**
 * All that a scan knows after a row: the row's first runs from left to right and the areas that they are part of, numbered as they come. There are at most
 * 64 of either.
 */
export type ScanState = { readonly runs: readonly Run[]; readonly areas: readonly Area[] }

/** What a scan knows before the first row. */
export const SCAN_START: ScanState = { runs: [], areas: [] }

/** What one row makes of a state: the next one, and the areas that reached the row above but not this one, in their order there. */
export type ScanStep = { readonly state: ScanState; readonly ended: readonly Area[] }

/** One step of the scan (specs/exact-ocr.md, "Pieces"). `row` holds the values of the detector's map in row `y`. */
export function scanRow({ runs, areas }: ScanState, row: Int8Array, y: number): ScanStep {
  const found = findRuns(row, y)
  // Trees of runs and of the areas above: places below `areas.length` are areas, the others runs of this row.
  const parents = Int32Array.from({ length: areas.length + found.length }, (_, place) => place)
  let above = 0
  found.forEach(({ left, right }, i) => {
    // Corners touch: runs are connected where one starts no later than the other ends.
    while (above < runs.length && (runs[above]?.end ?? 0) < left) above++
    for (let k = above; (runs[k]?.start ?? Infinity) <= right; k++) join(parents, runs[k]?.area ?? 0, areas.length + i)
  })
  return { state: nextState(found, areas, parents), ended: areas.filter((_, place) => parents[place] === place) }
}

/** The first runs of one row, each as an area of its own. */
function findRuns(row: Int8Array, y: number): Area[] {
  const found: Area[] = []
  for (let x = 0; x < row.length && found.length < MAX_RUNS; x++) {
    if (!isText(row[x] ?? 0)) continue
    const left = x
    let sum = 0
    for (; x < row.length && isText(row[x] ?? 0); x++) sum += row[x] ?? 0
    found.push({ left, top: y, right: x, bottom: y + 1, pixels: x - left, sum })
  }
  return found
}

/** The later of two roots becomes the parent of the other, so that an area which touches a run is never a root. */
function join(parents: Int32Array, a: number, b: number): void {
  const [x, y] = [rootOf(parents, a), rootOf(parents, b)]
  parents[Math.min(x, y)] = Math.max(x, y)
}

function rootOf(parents: Int32Array, place: number): number {
  let root = place
  for (let next = parents[root] ?? root; next !== root; next = parents[root] ?? root) root = next
  return root
}

/** Adds up what each tree holds, and numbers the trees as their first runs come from the left. */
function nextState(found: readonly Area[], above: readonly Area[], parents: Int32Array): ScanState {
  const numbers = new Map<number, number>()
  const areas: Area[] = []
  const add = (root: number, part: Area) => {
    const number = numbers.get(root) ?? numbers.size
    const known = areas[number]
    areas[number] = known ? uniteAreas(known, part) : part
    numbers.set(root, number)
    return number
  }
  const runs = found.map((part, i) => ({
    start: part.left,
    end: part.right,
    area: add(rootOf(parents, above.length + i), part),
  }))
  above.forEach((part, place) => {
    if (parents[place] !== place) add(rootOf(parents, place), part)
  })
  return { runs, areas }
}
