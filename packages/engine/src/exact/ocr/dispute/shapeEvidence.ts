import type { Tensor } from '@stoa/protocol'
import { type PageEntryKind, pageEntryAt, pageEntryIndex, piecesOf } from '../trace/pageLayout.ts'
import { openEntries, openKeys, type PageEvidence, type PageSources, type Read } from './pageEvidence.ts'

/** What a contract must be shown to say which type and lengths an entry has (specs/exact-ocr.md, "Steps that a contract executes"). */
export function shapeEvidence(sources: PageSources, entry: number): PageEvidence {
  const { kind, piece = 0 } = pageEntryAt(entry, piecesOf(sources.entries) ?? 0)
  return opened(sources, readsOf(sources, kind, piece), kind === 'keys' ? openKeys(sources.keys) : openKeys())
}

/** What a contract must be shown to say whether the scan ends with as many pieces as there are. */
export function countEvidence(sources: PageSources): PageEvidence {
  const { data } = tensorOf(sources, { kind: 'scan' })
  return opened(sources, [{ kind: 'page' }, { kind: 'scan', elements: [data.length - 32, data.length], beside: 0 }])
}

function opened(sources: PageSources, reads: readonly Read[], keys = openKeys()): PageEvidence {
  return { place: 0, state: '0x', keys, tensors: openEntries(sources, reads) }
}

function tensorOf(sources: PageSources, { kind, piece }: Read): Tensor {
  return sources.entry(pageEntryIndex(kind, piecesOf(sources.entries) ?? 0, piece)).tensor
}

function readsOf(sources: PageSources, kind: PageEntryKind, piece: number): readonly Read[] {
  const window: Read = { kind: 'windows', elements: [5 * piece, 5 * piece + 5] }
  switch (kind) {
    case 'across':
    case 'frame':
    case 'odds':
    case 'scan':
      return [{ kind: 'page' }]
    case 'stripAcross':
    case 'strip':
    case 'best':
    case 'leads':
      return [{ kind: 'page' }, { ...window, beside: 0 }]
    case 'spelling':
      return [window]
    case 'reading':
      return [{ kind: 'spelling', piece, elements: lastOf(sources, { kind: 'spelling', piece }, 5) }]
    case 'places':
    case 'lines':
    case 'boxes':
      return [{ kind: 'rows', elements: 'all' }]
    case 'text':
      return textReads(sources)
    default:
      return []
  }
}

function textReads(sources: PageSources): readonly Read[] {
  const places = tensorOf(sources, { kind: 'places' })
  if (places.data.length === 0) return [{ kind: 'places' }]
  const [from, to] = lastOf(sources, { kind: 'places' }, 2)
  const view = new DataView(places.data.buffer, places.data.byteOffset)
  return [
    { kind: 'places', elements: [from, to] },
    { kind: 'reading', piece: view.getInt32(4 * from, true) },
  ]
}

/** The last row of a tensor with so many columns. */
function lastOf(sources: PageSources, read: Read, columns: number): readonly [number, number] {
  const [rows = 0] = tensorOf(sources, read).dims
  return [columns * (rows - 1), columns * rows]
}
