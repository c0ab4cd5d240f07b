import { DTYPES } from '@stoa/protocol'
import { chunkState, type ElementPlace, type Formulas } from '../../formula/index.ts'
import { chunkEvidence } from '../chunkEvidence.ts'
import { elementEvidence } from '../elementEvidence.ts'
import type { Gathered } from '../gatherEvidence.ts'
import { foldsEvidence, shapeEvidence } from '../shapeEvidence.ts'
import type { CommittedRun } from './committedRun.ts'
import type { FormulasContract, Question } from './openFormulas.ts'

/** A random number from 0 to below a limit. */
type Choose = (limit: number) => number

/** Most chunks of one fold that the contract is asked for. */
const MOST_CHUNKS = 3

/**
 * What the contract makes of an element of a run's entry otherwise than TypeScript: its shape, its folds' chunks, the states after some of them, the element,
 * which is told apart from what stands in the trace. Empty if all is the same.
 */
export async function contractDifferences(
  contract: FormulasContract,
  { run, sources, claims }: CommittedRun,
  { entries }: Formulas,
  { entry, element, choose }: { entry: number; element: number; choose: Choose },
): Promise<string[]> {
  const [formula, traced] = [entries[entry], run.entries[entry]]
  if (!formula || !traced) throw new RangeError(`there is no entry ${entry}`)
  const place: ElementPlace = { element, dims: traced.dims }
  const asking = <T>({ result, evidence }: Gathered<T>): { result: T; question: Question } => ({
    result,
    question: { formula, ...place, claims, evidence },
  })
  const found: string[] = []
  const compare = (what: string, theirs: unknown, ours: unknown) => {
    if (`${theirs}` !== `${ours}`)
      found.push(`t${entry}[${element}] (${formula.expression.op}), ${what}: ${theirs} instead of ${ours}`)
  }

  const shape = asking(shapeEvidence(formula, sources))
  const { storedType, dims } = await contract.shapeOf(shape.question)
  compare('shape', [DTYPES[storedType], dims], [shape.result.stored, shape.result.dims])

  const folds = asking(foldsEvidence(formula, sources))
  compare(
    'chunks',
    await contract.chunksOf(folds.question),
    folds.result.map(({ chunks }) => chunks),
  )

  const folded: bigint[] = []
  for (const [fold, { chunks }] of folds.result.entries()) {
    if (chunks < 2) continue
    const asked = new Set(Array.from({ length: MOST_CHUNKS }, () => choose(chunks)))
    let before: bigint | undefined
    for (let index = 0; index < chunks; index++) {
      const chunk = { ...place, fold, index, before }
      if (asked.has(index)) {
        const { result, question } = asking(chunkEvidence(formula, chunk, sources))
        compare(`chunk ${index} of fold ${fold}`, await contract.chunkOf(question, fold, index, before), result)
      }
      before = chunkState(formula, chunk, run.reader)
    }
    folded.push(before ?? 0n)
  }

  const whole = asking(elementEvidence(formula, place, folded, sources))
  compare('element', await contract.elementOf(whole.question, folded), whole.result)
  compare('element of the trace', run.reader.read({ op: 'entry', index: entry, args: [] }, element), whole.result)
  return found
}
