import { DTYPE_BYTES, hexToBytes, type Tensor, valuesOf } from '@stoa/protocol'
import { type ChallengerMove, descent, descentTo, type Shown } from '../../dispute/challengerMove.ts'
import { type Game, PHASES } from '../../dispute/game.ts'
import { entryOf } from '../../dispute/ownRun.ts'
import { firstDifference, type PostedRow } from '../../dispute/sellerTree.ts'
import type { CommittedData } from '../../evidence/index.ts'
import { pageEntryAt, pageEntryIndex, piecesOf } from '../trace/pageLayout.ts'
import type { KeysFile, PageSources } from './pageEvidence.ts'
import {
  claimOf,
  countProof,
  elementProof,
  listProof,
  type PageProof,
  type PageRunClaim,
  shapeProof,
} from './pageProof.ts'
import type { PageRun } from './pageRun.ts'
import { postedDigests, postedEntries, sellersEntry, tracePath, traceRows } from './sellersView.ts'

/** What a challenger does next in a game about a page's steps. */
export type PageMove =
  | Extract<ChallengerMove, { move: 'descend' | 'concede' }>
  /** Names a graph's run: 0 is the detector's, i + 1 the recogniser's of piece i. */
  | { readonly move: 'enter'; readonly place: number; readonly run: PageRunClaim }
  | { readonly move: 'proveStep'; readonly proof: PageProof }

export type PageChallenger = {
  /** The reading as it should be. */
  readonly run: PageRun
  readonly keys: KeysFile
  /** Whether the receipt's response is the reading's. */
  readonly answeredRight: boolean
}

/** What a challenger does in a game about a page (specs/exact-ocr.md, "Disputes"); undefined where it is not its turn. */
export async function pageMove(me: PageChallenger, game: Game, shown: Shown): Promise<PageMove | undefined> {
  switch (PHASES[game.phase]) {
    case 'pickInTrace':
      return pickEntry(me, game, shown)
    case 'pickInTensor': {
      const own = await entryOf(me.run, game.entry)
      if (!sameHeader(own, shown)) return { move: 'proveStep', proof: await wrongShape(me, game, shown) }
      return descent(shown, own.tree) ?? { move: 'concede' }
    }
    case 'examine':
      return examine(me, game, shown)
    default:
      return undefined
  }
}

/** Entries that stand where they stand however many pieces there are said to be, and from which their number follows: up to the scan. */
const BEFORE_COUNT = 6

async function pickEntry(me: PageChallenger, game: Game, shown: Shown): Promise<PageMove> {
  const { run } = me
  const row = shown.rows.at(-1)
  if (!row) return { move: 'concede' }
  if (game.entries !== run.entries.length) return pickBeforeCount(me, game, shown, row)
  const index = firstDifference(row, run.tree)
  if (index === undefined) return me.answeredRight ? { move: 'concede' } : wrongResponse(me, shown)
  if (!postedDigests(shown.rows)) return descentTo(row, index, postedEntries(row))
  return entered(me, shown, row, index) ?? descentTo(row, index, postedEntries(row))
}

/** Where the seller says that there are more or fewer pieces. */
async function pickBeforeCount(me: PageChallenger, game: Game, shown: Shown, row: PostedRow): Promise<PageMove> {
  if (piecesOf(game.entries) === undefined) return { move: 'proveStep', proof: countProof() }
  if (!postedDigests(shown.rows)) return descentTo(row, 0, postedEntries(row))
  const wrong = Array.from({ length: BEFORE_COUNT }, (_, i) => i).find((i) => !isOwn(me, row, i))
  if (wrong === undefined) return { move: 'proveStep', proof: countProof(await sourcesOf(me, game, shown)) }
  return entered(me, shown, row, wrong) ?? descentTo(row, wrong, postedEntries(row))
}

/** The run of the graph that an entry is an output of, as the seller's trace has it; undefined for an entry that a step makes. */
function entered(me: PageChallenger, { rows }: Shown, row: PostedRow, index: number): PageMove | undefined {
  const pieces = piecesOf(me.run.entries.length) ?? 0
  const { kind, piece = 0 } = pageEntryAt(index, pieces)
  if (kind !== 'odds' && kind !== 'best' && kind !== 'leads') return undefined
  const at = (name: Parameters<typeof pageEntryIndex>[0]) => pageEntryIndex(name, pieces, piece)
  const entries = kind === 'odds' ? [at('frame'), at('odds')] : [at('strip'), at('best'), at('leads')]
  const digests = entries.map((entry) => postedAt(row, entry) ?? me.run.tree.node(0, entry))
  const paths = entries.map((entry) => tracePath(entry, me.run.tree, traceRows(rows)))
  return { move: 'enter', place: kind === 'odds' ? 0 : piece + 1, run: claimOf(digests, paths) }
}

const postedAt = ({ state, nodes }: PostedRow, entry: number): Uint8Array | undefined => {
  const node = nodes[entry - Number(state.index) * 2 ** state.row]
  return node && hexToBytes(node, 32)
}

const isOwn = ({ run }: PageChallenger, row: PostedRow, entry: number): boolean => {
  const posted = postedAt(row, entry)
  return posted !== undefined && sameBytes(posted, run.tree.node(0, entry))
}

/** All entries are right, so the last three show what the response should have been. */
function wrongResponse({ run }: PageChallenger, { rows }: Shown): PageMove {
  const last = Array.from({ length: 3 }, (_, i) => run.entries.length - 3 + i)
  const paths = last.map((entry) => tracePath(entry, run.tree, traceRows(rows)))
  const list = claimOf(
    last.map((entry) => run.tree.node(0, entry)),
    paths,
  )
  return { move: 'proveStep', proof: listProof('response', list) }
}

async function examine(me: PageChallenger, game: Game, shown: Shown): Promise<PageMove> {
  const own = await entryOf(me.run, game.entry)
  if (!sameHeader(own, shown)) return { move: 'proveStep', proof: await wrongShape(me, game, shown) }
  const theirs = sellersEntry(own, game, shown)
  if (!theirs || sameBytes(theirs.tensor.data, own.tensor.data)) return { move: 'concede' }
  if (game.entry === 0) return { move: 'proveStep', proof: wrongRequest(me, shown) }
  const sources = await sourcesOf(me, game, shown)
  const element = wrongElement(sources, game.entry, theirs.tensor, own.tensor)
  return { move: 'proveStep', proof: elementProof(sources, game.entry, element) }
}

async function wrongShape(me: PageChallenger, game: Game, shown: Shown): Promise<PageProof> {
  if (game.entry === 0) return wrongRequest(me, shown)
  return shapeProof(await sourcesOf(me, game, shown), game.entry)
}

/** Entry 0 as the seller has it; its digest is that of the entry opened. */
function wrongRequest({ run }: PageChallenger, { rows }: Shown): PageProof {
  const row = postedDigests(rows)
  const digest = row && postedAt(row, 0)
  if (!digest) throw new RangeError('the entry was not opened')
  return listProof('request', claimOf([digest], [tracePath(0, run.tree, traceRows(rows))]))
}

/** The first element that is wrong in the order in which elements of an entry follow from one another. */
function wrongElement(sources: PageSources, entry: number, theirs: Tensor, own: Tensor): number {
  const width = DTYPE_BYTES[own.dtype]
  const wrong = new Set<number>()
  own.data.forEach((byte, i) => {
    if (byte !== theirs.data[i]) wrong.add(Math.floor(i / width))
  })
  const pieces = piecesOf(sources.entries) ?? 0
  const { kind } = pageEntryAt(entry, pieces)
  const [first = 0, ...others] = [...wrong]
  if (kind === 'places') return [...wrong].find((element) => element % 2 === 0) ?? first
  if (kind !== 'rows') return first
  const windows = valuesOf(sources.entry(pageEntryIndex('windows', pieces)).tensor, 'i32')
  const [said, rows] = [valuesOf(theirs, 'i32'), valuesOf(own, 'i32')]
  const isSpoken = (piece: number, of: Int32Array) => (of[piece] ?? 0) >= 0
  const height = (piece: number) => (windows[5 * piece + 1] ?? 0) + (windows[5 * piece + 3] ?? 0)
  const silent = [...wrong].find((piece) => isSpoken(piece, said) !== isSpoken(piece, rows))
  return silent ?? others.reduce((least, piece) => (height(piece) < height(least) ? piece : least), first)
}

/** Own entries, but the one that was opened as the seller has it. */
async function sourcesOf({ run, keys }: PageChallenger, game: Game, shown: Shown): Promise<PageSources> {
  const loaded = await run.load(Array.from({ length: run.entries.length }, (_, i) => i))
  const own = (index: number): CommittedData => {
    const entry = loaded.get(index)
    if (!entry) throw new RangeError(`the trace has no entry ${index}`)
    return entry
  }
  const isOpen = PHASES[game.phase] !== 'pickInTrace'
  const theirs = isOpen ? sellersEntry(own(game.entry), game, shown) : undefined
  return {
    entries: run.entries.length,
    entry: own,
    shown: (index) => (index === game.entry ? theirs : undefined),
    path: (entry) => tracePath(entry, run.tree, traceRows(shown.rows)),
    keys,
  }
}

/** Whether the entry opened has the name, type and lengths of one's own. */
function sameHeader({ header }: CommittedData, { opened }: Shown): boolean {
  return opened === undefined || sameBytes(hexToBytes(opened.header), header)
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
