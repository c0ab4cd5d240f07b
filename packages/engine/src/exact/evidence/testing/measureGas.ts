import { chunkState, type Formula, type Formulas, foldsOf } from '../../formula/index.ts'
import { elementsOf } from '../../value.ts'
import { chunkEvidence } from '../chunkEvidence.ts'
import { elementEvidence } from '../elementEvidence.ts'
import type { CommittedRun } from './committedRun.ts'
import type { FormulasContract, Gas } from './openFormulas.ts'

/** What the last step of a dispute costs for one operator: how often it was measured, and in the worst case of those. */
export type OperatorGas = {
  /** `element of <operator>`, or `chunk of <fold>`. */
  readonly step: string
  readonly count: number
  readonly mean: number
  readonly worst: Gas & { readonly entry: number; readonly leaves: number }
}

/**
 * Measures, for one random element of every entry of a run, what it costs to show a contract the element, and one chunk of each of its long folds; by
 * operator, dearest first.
 */
export async function measureGas(
  contract: FormulasContract,
  committed: CommittedRun,
  { entries }: Formulas,
  choose: (limit: number) => number,
): Promise<OperatorGas[]> {
  const steps = new Map<string, OperatorGas['worst'][]>()
  for (const [entry, formula] of entries.entries())
    for (const { step, ...gas } of await entryGas(contract, committed, { formula, entry }, choose))
      steps.set(step, [...(steps.get(step) ?? []), { ...gas, entry }])
  const operators = [...steps].flatMap(([step, all]) => {
    const [worst] = all.toSorted((a, b) => b.total - a.total)
    const mean = Math.round(all.reduce((sum, { total }) => sum + total, 0) / all.length)
    return worst ? [{ step, count: all.length, mean, worst }] : []
  })
  return operators.sort((a, b) => b.worst.total - a.worst.total)
}

type StepGas = Gas & { readonly step: string; readonly leaves: number }

async function entryGas(
  contract: FormulasContract,
  { run, sources, claims }: CommittedRun,
  { formula, entry }: { formula: Formula; entry: number },
  choose: (limit: number) => number,
): Promise<StepGas[]> {
  const dims = run.entries[entry]?.dims ?? []
  const place = { element: choose(elementsOf(dims)), dims }
  const [found, folded]: [StepGas[], bigint[]] = [[], []]
  for (const [fold, { node, chunks }] of foldsOf(formula, run.reader).entries()) {
    if (chunks < 2) continue
    const chosen = choose(chunks)
    let before: bigint | undefined
    for (let index = 0; index < chunks; index++) {
      const chunk = { ...place, fold, index, before }
      if (index === chosen) {
        const { evidence } = chunkEvidence(formula, chunk, sources)
        const gas = await contract.chunkGas({ formula, ...place, claims, evidence }, fold, index, before)
        found.push({ step: `chunk of ${node.op}`, ...gas, leaves: leavesIn(evidence.leaves) })
      }
      before = chunkState(formula, chunk, run.reader)
    }
    folded.push(before ?? 0n)
  }
  const { evidence } = elementEvidence(formula, place, folded, sources)
  const gas = await contract.elementGas({ formula, ...place, claims, evidence }, folded)
  return [...found, { step: `element of ${formula.expression.op}`, ...gas, leaves: leavesIn(evidence.leaves) }]
}

const LEAF_DIGITS = 1024

const leavesIn = (openings: readonly { readonly data: string }[]): number =>
  openings.reduce((sum, { data }) => sum + Math.floor(data.length / LEAF_DIGITS), 0)
