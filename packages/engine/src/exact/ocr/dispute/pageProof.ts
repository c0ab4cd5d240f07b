import { bytesToHex, type Hex } from '@stoa/protocol'
import type { ModelOpening } from '../../dispute/modelOpening.ts'
import { openKeys, openNumbered, type PageEvidence, type PageOpening, type PageSources } from './pageEvidence.ts'
import { countEvidence, shapeEvidence } from './shapeEvidence.ts'
import { elementEvidence } from './stepEvidence.ts'

/** What a proof about a page shows, by the number that the contract gives it (contracts/src/types/Page.sol). */
export const PAGE_GROUNDS = ['count', 'request', 'shape', 'element', 'response', 'output'] as const
export type PageGround = (typeof PAGE_GROUNDS)[number]

/** Entries by their digests, with their siblings in the seller's trace: a run of a graph, or the tensors of a response. */
export type PageRunClaim = { readonly digests: readonly Hex[]; readonly paths: readonly (readonly Hex[])[] }

/** A proof as the contract takes it (contracts/src/types/Page.sol). */
export type PageProof = {
  readonly ground: number
  readonly entry: bigint
  readonly element: bigint
  readonly own: PageOpening
  readonly evidence: PageEvidence
  readonly list: PageRunClaim
  readonly model: ModelOpening
}

const NO_HASH: Hex = `0x${'00'.repeat(32)}`
const NOTHING: Omit<PageProof, 'ground'> = {
  ...{ entry: 0n, element: 0n },
  own: { header: '0x', dataRoot: NO_HASH, path: [], first: 0, data: '0x', siblings: [] },
  evidence: { place: 0, state: '0x', keys: openKeys(), tensors: [] },
  list: { digests: [], paths: [] },
  model: { files: [], place: 0n, formulasFile: '0x', graph: '0x' },
}

const grounded = (ground: PageGround, what: Partial<PageProof>): PageProof => ({
  ...NOTHING,
  ...what,
  ground: PAGE_GROUNDS.indexOf(ground),
})

/** Shows that the number of entries is wrong; of a number that no page has, nothing needs to be opened. */
export const countProof = (sources?: PageSources): PageProof =>
  grounded('count', sources ? { evidence: countEvidence(sources) } : {})

/** Shows that entry 0 is not the request, or that the last three are not the response. */
export const listProof = (ground: 'request' | 'response', list: PageRunClaim): PageProof => grounded(ground, { list })

/** Shows that an entry has another name, type or length than it should. */
export const shapeProof = (sources: PageSources, entry: number): PageProof =>
  grounded('shape', {
    entry: BigInt(entry),
    own: openNumbered(sources, entry),
    evidence: shapeEvidence(sources, entry),
  })

/** Shows that an element of an entry is not what its step makes. Its leaf is opened once: where the step reads of the same entry, among the evidence. */
export function elementProof(sources: PageSources, entry: number, element: number): PageProof {
  const { own, ...evidence } = elementEvidence(sources, entry, element)
  return grounded('element', {
    ...{ entry: BigInt(entry), element: BigInt(element), evidence },
    own: own === undefined ? openNumbered(sources, entry, [element, element + 1]) : { ...NOTHING.own, first: own },
  })
}

/** Shows that a graph's outputs are not what the steps were said to have got from it: its trace's entries, opened. */
export const outputProof = (model: ModelOpening, tensors: readonly PageOpening[]): PageProof =>
  grounded('output', { model, evidence: { ...NOTHING.evidence, tensors } })

/** Entries of the seller's trace by their digests. */
export const claimOf = (digests: readonly Uint8Array[], paths: readonly (readonly Uint8Array[])[]): PageRunClaim => ({
  digests: digests.map(bytesToHex),
  paths: paths.map((path) => path.map(bytesToHex)),
})
