import { bytesToHex, type Hex, type Tensor, tensorDigest } from '@stoa/protocol'
import {
  chunkEvidence,
  committed,
  type Evidence,
  type EvidenceSources,
  elementEvidence,
  foldsEvidence,
  KINDS,
  shapeEvidence,
} from '../evidence/index.ts'
import {
  chunkState,
  type Formula,
  type Formulas,
  foldsOf,
  nodesOf,
  type Reader,
  tensorReader,
} from '../formula/index.ts'
import { formulaTree, type ModelOpening } from './modelOpening.ts'
import type { OwnRun } from './ownRun.ts'
import type { FoldStates } from './sellerMove.ts'

/** What a proof about an entry brings along, but for the receipt and its signature (contracts/src/types/Dispute.sol, `Exhibit`). */
export type Exhibit = {
  readonly model: ModelOpening
  readonly formula: Hex
  readonly path: readonly Hex[]
  readonly request: readonly Hex[]
  readonly evidence: Evidence
}

/** What an element's proof computes. */
export type Question =
  | { readonly ask: 'shape' }
  | { readonly ask: 'chunks'; readonly element: number }
  | { readonly ask: 'element'; readonly element: number; readonly folded: readonly bigint[] }
  | {
      readonly ask: 'chunk'
      readonly element: number
      readonly fold: number
      readonly chunk: number
      readonly before: bigint
    }

/** A run under dispute with all that either side needs to argue about it. */
export type Case = {
  readonly run: OwnRun
  readonly model: ModelOpening
  readonly foldStates: FoldStates
  /** Whether an entry's elements have folds of several chunks. */
  readonly isLong: (entry: number) => Promise<boolean>
  /** What a contract needs to answer a question about an entry; `path` is that of an entry in the seller's tree. */
  readonly exhibit: (entry: number, question: Question, path: EvidenceSources['path']) => Promise<Exhibit>
}

export type OpenCaseParameters = {
  readonly run: OwnRun
  readonly formulas: Formulas
  readonly request: readonly Tensor[]
  readonly model: ModelOpening
}

/** Opens a case about one run of a graph. */
export function openCase({ run, formulas, request, model }: OpenCaseParameters): Case {
  const inputs = request.map(committed)
  const tree = formulaTree(formulas)
  const digests = request.map((tensor) => bytesToHex(tensorDigest(tensor)))
  const formulaOf = (entry: number): Formula => found(formulas.entries[entry], `formula ${entry}`)

  /** The tensors that an entry's formula reads, loaded. */
  const sourcesOf = async (entry: number, path: EvidenceSources['path']): Promise<EvidenceSources> => {
    const loaded = await run.load(entriesRead(formulaOf(entry)))
    return {
      entry: (index) => found(loaded.get(index), `entry ${index}`),
      input: (index) => found(inputs[index], `input ${index}`),
      constant: formulas.constantBytes,
      path,
    }
  }
  const readerOf = async (entry: number): Promise<Reader> => {
    const sources = await sourcesOf(entry, () => [])
    const tensor = { entry: (i: number) => sources.entry(i).tensor, input: (i: number) => sources.input(i).tensor }
    return tensorReader({ ...tensor, constant: sources.constant })
  }
  const dimsOf = (entry: number): readonly number[] => found(run.entries[entry], `entry ${entry}`).dims

  return {
    run,
    model,
    async foldStates({ entry, element, fold }, { first, chunks }, before) {
      const [formula, reader, dims] = [formulaOf(entry), await readerOf(entry), dimsOf(entry)]
      const states: bigint[] = []
      for (let index = first; index < first + chunks; index++)
        states.push(chunkState(formula, { element, dims, fold, index, before: states.at(-1) ?? before }, reader))
      return states
    },
    async isLong(entry) {
      const reader = await readerOf(entry)
      return foldsOf(formulaOf(entry), reader).some(({ chunks }) => chunks > 1)
    },
    async exhibit(entry, question, path) {
      const formula = formulaOf(entry)
      const evidence = evidenceFor(formula, dimsOf(entry), question, await sourcesOf(entry, path))
      const own = { formula: bytesToHex(formula.bytes), path: tree.path(0, entry).map(bytesToHex) }
      const readsInput = evidence.tensors.some(({ kind }) => kind === KINDS.input)
      return { model, ...own, request: readsInput ? digests : [], evidence }
    },
  }
}

function evidenceFor(
  formula: Formula,
  dims: readonly number[],
  question: Question,
  sources: EvidenceSources,
): Evidence {
  switch (question.ask) {
    case 'shape':
      return shapeEvidence(formula, sources).evidence
    case 'chunks':
      return foldsEvidence(formula, sources).evidence
    case 'element':
      return elementEvidence(formula, { element: question.element, dims }, question.folded, sources).evidence
    case 'chunk': {
      const { element, fold, chunk: index, before } = question
      return chunkEvidence(formula, { element, dims, fold, index, before }, sources).evidence
    }
  }
}

/** Numbers of the entries that a formula reads. */
const entriesRead = ({ expression }: Formula): number[] =>
  [...nodesOf(expression)].flatMap((node) => (node.op === 'entry' ? [node.index] : []))

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RangeError(`the run has no ${what}`)
  return value
}
