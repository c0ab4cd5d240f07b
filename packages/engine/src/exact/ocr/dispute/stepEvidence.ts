import { bytesToHex, LEAF_BYTES, type Tensor, valuesOf } from '@stoa/protocol'
import { rowsUnder } from '../image/acrossTensor.ts'
import { axisWeights } from '../image/axisWeights.ts'
import { heightOf, widthOf } from '../image/box.ts'
import { frameFor } from '../image/frameFor.ts'
import type { Window } from '../image/resample.ts'
import { type PageEntry, type PageEntryKind, pageEntryAt, pageEntryIndex, piecesOf } from '../trace/pageLayout.ts'
import { type KeysFile, openEntries, openKeys, type PageEvidence, type PageSources, type Read } from './pageEvidence.ts'
import { scanStates } from './scanStates.ts'

/** Columns of `spelling` that are looked at here. */
const [COLUMNS, BYTES] = [5, 1]
const LINE_FEED = 10

/**
 * What a contract must be shown to compute an element of an entry that a step makes (specs/exact-ocr.md, "Steps that a contract executes").
 *
 * @param element its number as stored, right or wrong; what stands before it is what the steps give.
 */
export function elementEvidence(sources: PageSources, entry: number, element: number): ElementEvidence {
  const trace = traceReader(sources)
  const at = pageEntryAt(entry, trace.pieces)
  const { place = 0, state, keys, reads } = ELEMENTS[at.kind](trace, at, element)
  const own = reads.findIndex(({ kind, piece, elements }) => kind === at.kind && piece === at.piece && elements)
  return {
    place,
    state: state ? bytesToHex(state.data) : '0x',
    keys: keys ? openKeys(sources.keys, ...keys) : openKeys(),
    tensors: openEntries(
      sources,
      reads.map((read, i) => (i === own ? withElement(read, element) : read)),
    ),
    ...(own >= 0 && { own }),
  }
}

/** With the place of the entry's own opening among the tensors, if what the element reads lies in the same entry: the element is opened with it. */
export type ElementEvidence = PageEvidence & { readonly own?: number }

function withElement(read: Read, element: number): Read {
  if (!Array.isArray(read.elements)) return read
  const [from, to] = read.elements as readonly [number, number]
  return { ...read, elements: [Math.min(from, element), Math.max(to, element + 1)] }
}

/** What an element reads; `keys` from one byte to before another. */
type Reads = {
  readonly place?: number
  readonly state?: Tensor
  readonly keys?: readonly [number, number]
  readonly reads: readonly Read[]
}

type Trace = ReturnType<typeof traceReader>
type Reading = (trace: Trace, entry: PageEntry, element: number) => Reads

const none: Reading = (_, { kind }) => {
  throw new RangeError(`no step makes "${kind}"`)
}

const ELEMENTS: Record<PageEntryKind, Reading> = {
  page: none,
  odds: none,
  best: none,
  leads: none,
  keys({ keys: { data } }, _, element) {
    const start = Math.min(element * LEAF_BYTES, Math.max(0, data.length - 1))
    return { keys: [start, Math.min(start + LEAF_BYTES, data.length)], reads: [] }
  },
  across: acrossReads,
  stripAcross: acrossReads,
  frame: pixelReads,
  strip: pixelReads,
  scan: (trace, _, element) => scanReads(trace, Math.floor(element / 32)),
  pieces(trace, _, element) {
    const bottom = trace.number('pieces', 6 * Math.floor(element / 6) + 3)
    return { ...scanReads(trace, bottom), place: bottom }
  },
  windows(_, __, element) {
    const start = 6 * Math.floor(element / 5)
    return { reads: [{ kind: 'page' }, { kind: 'pieces', elements: [start, start + 6], beside: 0 }] }
  },
  spelling(trace, { piece = 0 }, element) {
    const step = Math.floor(element / COLUMNS)
    const before = Math.max(0, step - 1)
    const best: Read = { kind: 'best', piece, elements: [before, step + 1] }
    const leads: Read = { kind: 'leads', piece, elements: [2 * step, 2 * step + 2], beside: 1 }
    if (step === 0) {
      return { ...trace.key(piece, step), reads: [{ kind: 'keys', elements: 'all', beside: 1 }, best, leads] }
    }
    const reads: Read[] = [
      { kind: 'keys', elements: 'all', beside: 3 },
      { ...best, beside: 3 },
      leads,
      { kind: 'spelling', piece, elements: [COLUMNS * before, COLUMNS * step] },
    ]
    return { ...trace.key(piece, step), reads }
  },
  reading(trace, { piece = 0 }, element) {
    const bytes = (step: number) => trace.number('spelling', COLUMNS * step + BYTES, piece)
    let step = 0
    while (bytes(step) <= element) step++
    const reads: Read[] = [
      { kind: 'keys', elements: 'all', beside: 2 },
      { kind: 'best', piece, elements: [step, step + 1], beside: 2 },
      { kind: 'spelling', piece, elements: [COLUMNS * Math.max(0, step - 1), COLUMNS * (step + 1)] },
    ]
    return { place: step, ...trace.key(piece, step), reads }
  },
  rows(_, __, piece) {
    return {
      reads: [
        { kind: 'reading', piece },
        { kind: 'windows', elements: 'all' },
        { kind: 'rows', elements: 'all' },
      ],
    }
  },
  places(trace, _, element) {
    const k = Math.floor(element / 2)
    if (element % 2 === 0) return { place: trace.number('places', 2 * k), reads: LAYOUT }
    if (k === 0) return { reads: [] }
    const piece = trace.number('places', 2 * k - 2)
    return {
      reads: [
        { kind: 'places', elements: [2 * k - 2, 2 * k] },
        { kind: 'reading', piece },
      ],
    }
  },
  text: textReads,
  lines(trace, _, line) {
    const rows: Read = { kind: 'rows', elements: 'all' }
    if (line === trace.lines) return { reads: [rows, { kind: 'text' }] }
    let place = 0
    while (trace.number('rows', trace.number('places', 2 * place)) !== line) place++
    return { place, reads: [rows, { kind: 'places', elements: [2 * Math.max(0, place - 1), 2 * place + 2] }] }
  },
  boxes: () => ({ reads: LAYOUT }),
}

const LAYOUT: readonly Read[] = [
  { kind: 'windows', elements: 'all' },
  { kind: 'rows', elements: 'all' },
]

function acrossReads(trace: Trace, { piece }: PageEntry, element: number): Reads {
  const { window, reads } = trace.window(piece)
  const { page } = trace
  const [from, to] = rowsUnder(window, page)
  const rows = to - from + 1
  const [column, colour, row] = [
    Math.floor(element / rows / 3),
    Math.floor(element / rows) % 3,
    from + (element % rows),
  ]
  const { first, count } = axisWeights(window.box.left, widthOf(window.box), window.width, page.width)
  const start = (row * page.width + (first[column] ?? 0)) * 3 + colour
  return { reads: [{ kind: 'page', elements: [start, start + 3 * (count[column] ?? 0) - 2] }, ...reads] }
}

function pixelReads(trace: Trace, { kind, piece }: PageEntry, element: number): Reads {
  const { window, reads } = trace.window(piece)
  const [from, to] = rowsUnder(window, trace.page)
  const [column, y] = [element % (3 * window.width), Math.floor(element / (3 * window.width))]
  const { first, count } = axisWeights(window.box.top, heightOf(window.box), window.height, trace.page.height)
  const start = column * (to - from + 1) + (first[y] ?? 0) - from
  const across: Read = {
    kind: kind === 'frame' ? 'across' : 'stripAcross',
    ...(piece !== undefined && { piece }),
    elements: [start, start + (count[y] ?? 0)],
    beside: 0,
  }
  return { reads: [{ kind: 'page' }, ...reads, across] }
}

function scanReads(trace: Trace, y: number): Reads {
  const { width, height } = frameFor(trace.page)
  const odds: Read = { kind: 'odds', ...(y < height && { elements: [y * width, (y + 1) * width] as const }) }
  if (y === 0) return { reads: [odds] }
  const before: Read = { kind: 'scan', elements: [32 * (y - 1), 32 * y] }
  return { reads: [before, { ...odds, beside: 0 }], state: trace.state(y - 1) }
}

function textReads(trace: Trace, _: PageEntry, element: number): Reads {
  const places = trace.values('places')
  let k = 0
  while (2 * k + 2 < places.length && Number(places[2 * k + 3]) <= element) k++
  const [piece, start, next] = [Number(places[2 * k]), Number(places[2 * k + 1]), Number(places[2 * k + 2])]
  const at = element - start
  const within = at < trace.values('reading', piece).length
  const between: Read = { kind: 'rows', elements: [Math.min(piece, next), Math.max(piece, next) + 1] }
  return {
    place: k,
    reads: [
      { kind: 'places', elements: [2 * k, within ? 2 * k + 2 : 2 * k + 4] },
      { kind: 'reading', piece, ...(within && { elements: [at, at + 1] as const }) },
      ...(within ? [] : [between]),
    ],
  }
}

/** The tensors of a trace by what they are. */
function traceReader(sources: PageSources) {
  const pieces = piecesOf(sources.entries)
  if (pieces === undefined) throw new RangeError(`no page has a trace of ${sources.entries} entries`)
  const tensor = (kind: PageEntryKind, piece?: number) => sources.entry(pageEntryIndex(kind, pieces, piece)).tensor
  const values = (kind: PageEntryKind, piece?: number) => {
    const own = tensor(kind, piece)
    return valuesOf(own, own.dtype)
  }
  const number = (kind: PageEntryKind, element: number, piece?: number) => Number(values(kind, piece)[element])
  const [, height = 0, width = 0] = tensor('page').dims
  const page = { width, height }
  return {
    ...{ pieces, page, values, number, keys: sources.keys },
    /** Number of lines. */
    get lines() {
      return 1 + Math.max(-1, ...Array.from(values('rows'), Number))
    },
    /** What is drawn for a piece, or for the detector, and what says so. */
    window(piece: number | undefined): { window: Window; reads: readonly Read[] } {
      if (piece === undefined) return { window: frameFor(page), reads: [] }
      const [left = 0, top = 0, right = 0, bottom = 0, wide = 0] = Array.from({ length: 5 }, (_, i) =>
        number('windows', 5 * piece + i),
      )
      const window = { box: { left, top, right, bottom }, width: wide, height: 48 }
      return { window, reads: [{ kind: 'windows', elements: [5 * piece, 5 * piece + 5], beside: 0 }] }
    },
    /** The scan's state after a row. */
    state(row: number): Tensor {
      const { width, height } = frameFor(page)
      return scanStates({ width, height, data: valuesOf(tensor('odds'), 'i8') }, row)
    },
    /** Where in "keys.txt" the character stands that a step begins, with the end of the line before it. */
    key(piece: number, step: number): Pick<Reads, 'keys'> {
      const [now, before] = [number('best', step, piece), step > 0 ? number('best', step - 1, piece) : 0]
      const lines = linesIn(sources.keys)
      if (now < 1 || now > lines.length || now === before) return {}
      const [start = 0, end = 0] = lines[now - 1] ?? []
      return { keys: [Math.max(0, start - 1), Math.max(start, Math.min(end + 1, sources.keys.data.length))] }
    },
  }
}

/** Where each line begins, and where its end stands. */
function linesIn({ data }: KeysFile): [start: number, end: number][] {
  const lines: [number, number][] = []
  let start = 0
  for (let end = data.indexOf(LINE_FEED); end >= 0; end = data.indexOf(LINE_FEED, start)) {
    lines.push([start, end])
    start = end + 1
  }
  if (start < data.length) lines.push([start, data.length])
  return lines
}
