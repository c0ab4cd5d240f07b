import { DTYPES } from '@stoa/protocol'
import { chunkState, type ElementPlace, elementOf, type Formulas, foldsOf, shapeOf } from '../../formula/index.ts'
import { gatherEvidence } from '../gatherEvidence.ts'
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
  const asking = <T>(compute: Parameters<typeof gatherEvidence<T>>[2]): { result: T; question: Question } => {
    const { result, evidence } = gatherEvidence(formula, sources, compute)
    return { result, question: { formula, ...place, claims, evidence } }
  }
  const found: string[] = []
  const compare = (what: string, theirs: unknown, ours: unknown) => {
    if (`${theirs}` !== `${ours}`)
      found.push(`t${entry}[${element}] (${formula.expression.op}), ${what}: ${theirs} instead of ${ours}`)
  }

  const shape = asking((reader) => shapeOf(formula, reader))
  const { storedType, dims } = await contract.shapeOf(shape.question)
  compare('shape', [DTYPES[storedType], dims], [shape.result.stored, shape.result.dims])

  const folds = asking((reader) => foldsOf(formula, reader))
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
        const { result, question } = asking((reader) => chunkState(formula, chunk, reader))
        compare(`chunk ${index} of fold ${fold}`, await contract.chunkOf(question, fold, index, before), result)
      }
      before = chunkState(formula, chunk, run.reader)
    }
    folded.push(before ?? 0n)
  }

  const whole = asking((reader) => elementOf(formula, place, reader, folded))
  compare('element', await contract.elementOf(whole.question, folded), whole.result)
  compare('element of the trace', run.reader.read({ op: 'entry', index: entry, args: [] }, element), whole.result)
  return found
}
