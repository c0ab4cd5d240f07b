import { digestTree, tensorDigest } from '@stoa/protocol'
import type { Commitment } from '../../dispute/ownRun.ts'
import { committed } from '../../evidence/index.ts'
import type { PageTrace } from '../trace/openPageTrace.ts'

/** A reading of a page as whoever plays a game about it needs it. */
export type PageRun = Commitment & { readonly trace: PageTrace }

/** Commits to a page's trace, of which nothing but digests is kept: any tensor of it is soon made again. */
export function openPageRun(trace: PageTrace): PageRun {
  const digests = Array.from({ length: trace.entries }, (_, index) => tensorDigest(trace.tensor(index)))
  return {
    trace,
    entries: digests,
    tree: digestTree(digests),
    load: async (indices) => new Map([...indices].map((index) => [index, committed(trace.tensor(index))])),
  }
}
