import { DTYPE_BYTES, DTYPES, type Tensor, valuesOf } from '@stoa/protocol'
import { randomFrom } from '../../../testing/graphs/random.ts'
import { traceLiterally } from '../../reference/traceLiterally.ts'
import { type PageEntryKind, pageEntryAt, piecesOf } from '../../trace/pageLayout.ts'
import { countEvidence, shapeEvidence } from '../shapeEvidence.ts'
import { elementEvidence } from '../stepEvidence.ts'
import { committedPage } from './committedPage.ts'
import type { PageStepsContract } from './openPageSteps.ts'
import { randomPage } from './randomPage.ts'

/** Entries that no step makes: the page, and what graphs give. */
export const MADE_ELSEWHERE: readonly PageEntryKind[] = ['page', 'odds', 'best', 'leads']

/**
 * Asks the contract for elements and shapes of every entry of a random page's trace, which the literal implementation has computed. Says what it makes of
 * them otherwise, and how many elements it was asked for.
 */
export async function stepDifferences(
  contract: PageStepsContract,
  seed: number,
  { elements = 2, width }: { elements?: number; width?: number } = {},
): Promise<{ found: string[]; asked: number }> {
  const random = randomFrom(seed)
  const own = randomPage(seed, width)
  const { entries: tensors } = await traceLiterally(own, own.keys, own.page)
  const { sources, claims } = committedPage(tensors, own.keys)
  const pieces = piecesOf(tensors.length) ?? 0
  const found: string[] = []
  let asked = 0
  const compare = (what: string, theirs: unknown, ours: unknown) => {
    if (`${theirs}` !== `${ours}`) found.push(`page ${seed}, ${what}: ${theirs} instead of ${ours}`)
  }
  compare('count', await contract.isComplete({ claims, evidence: countEvidence(sources) }), true)
  for (const [entry, tensor] of tensors.entries()) {
    const { kind, piece } = pageEntryAt(entry, pieces)
    const name = `${kind}${piece ?? ''}`
    if (kind !== 'page') {
      const { type, dims } = await contract.shapeOf({ claims, entry, evidence: shapeEvidence(sources, entry) })
      compare(`shape of ${name}`, [DTYPES[type], ...dims], [tensor.dtype, ...tensor.dims])
    }
    if (MADE_ELSEWHERE.includes(kind)) continue
    for (const element of chosen(random, tensor, elements)) {
      const evidence = elementEvidence(sources, entry, element)
      const theirs = await contract.elementOf({ claims, entry, element, evidence })
      compare(`${name}[${element}]`, theirs, valuesOf(tensor, tensor.dtype)[element])
      asked++
    }
  }
  return { found, asked }
}

/** Random elements, the first or the last among them. */
function chosen(random: ReturnType<typeof randomFrom>, { data, dtype }: Tensor, count: number): Set<number> {
  const all = data.length / DTYPE_BYTES[dtype]
  if (all === 0) return new Set()
  const first = random.pick([0, all - 1])
  return new Set([first, ...Array.from({ length: count }, () => random.int(0, all - 1))])
}
