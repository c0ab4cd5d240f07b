import type { Hex } from '@stoa/protocol'
import { BaseError, ContractFunctionRevertedError } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { chunkState, type Formula, formulasOf } from '../formula/index.ts'
import { loadExactGraph } from '../profile/index.ts'
import { randomFrom } from '../testing/graphs/random.ts'
import { randomGraph } from '../testing/randomGraph.ts'
import { elementsOf } from '../value.ts'
import { chunkEvidence } from './chunkEvidence.ts'
import { elementEvidence } from './elementEvidence.ts'
import { foldsEvidence } from './shapeEvidence.ts'
import { type CommittedRun, committedRun } from './testing/committedRun.ts'
import { type FormulasContract, openFormulas, type Question } from './testing/openFormulas.ts'
import type { Claims, LeafOpening, TensorOpening } from './types.ts'

/** A question and how it is put: about an element, or about a chunk of a fold. */
type Asked = {
  readonly question: Question
  readonly ask: (question: Question) => Promise<bigint>
  readonly what: string
  /** Of an element: the last states of its long folds. */
  readonly folded?: readonly bigint[]
}

/** Bits of calldata that are flipped. */
const FLIPS = 300

let contract: FormulasContract
let all: Asked[]
beforeAll(async () => {
  contract = await openFormulas()
  all = (await Promise.all([0, 3, 4].map(questionsOf))).flat()
})
afterAll(() => contract.close())

/** An element of every entry of a random graph, and a chunk of every fold. */
async function questionsOf(seed: number): Promise<Asked[]> {
  const { model, inputs } = randomGraph(seed)
  const graph = loadExactGraph(writeOnnxModel(model))
  const formulas = formulasOf(graph)
  const committed = await committedRun(graph, formulas, inputs[0] ?? new Map())
  return formulas.entries.flatMap((formula, entry) => questionsAbout(formula, entry, committed))
}

function questionsAbout(formula: Formula, entry: number, { run, sources, claims }: CommittedRun): Asked[] {
  const dims = run.entries[entry]?.dims ?? []
  const place = { element: Math.floor(elementsOf(dims) / 2), dims }
  const [asked, folded]: [Asked[], bigint[]] = [[], []]
  for (const [fold, { chunks }] of foldsEvidence(formula, sources).result.entries()) {
    if (chunks < 2) continue
    const { result: first, evidence } = chunkEvidence(formula, { ...place, fold, index: 0, before: undefined }, sources)
    const ask = (question: Question) => contract.chunkOf(question, fold, 0, undefined)
    asked.push({ question: { formula, ...place, claims, evidence }, ask, what: `a chunk of ${formula.expression.op}` })
    let before = first
    for (let index = 1; index < chunks; index++)
      before = chunkState(formula, { ...place, fold, index, before }, run.reader)
    folded.push(before)
  }
  const { evidence } = elementEvidence(formula, place, folded, sources)
  const ask = (question: Question) => contract.elementOf(question, folded)
  return [...asked, { question: { formula, ...place, claims, evidence }, ask, what: formula.expression.op, folded }]
}

/** A hexadecimal text with one bit changed, or undefined where there is none. */
function flipped(hex: Hex, bit: number): Hex | undefined {
  const bytes = Buffer.from(hex.slice(2), 'hex')
  if (bytes.length === 0) return undefined
  const at = bit % (8 * bytes.length)
  bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7))
  return `0x${bytes.toString('hex')}`
}

const flippedIn = (list: readonly Hex[], bit: number): readonly Hex[] | undefined => {
  const at = bit % Math.max(1, list.length)
  const found = list[at] && flipped(list[at], bit)
  return found && list.with(at, found)
}

const OTHER: Hex = `0x${'5a'.repeat(32)}`

/** Each makes a wrong opening of a right one, or nothing where there is no such way. */
const TENSOR_LIES: Readonly<
  Record<string, (opening: TensorOpening, bit: number) => Partial<TensorOpening> | undefined>
> = {
  header: ({ header }, bit) => only('header', flipped(header, bit)),
  'a byte more of the header': ({ header }) => (header === '0x' ? undefined : { header: `${header}00` }),
  'root of the data': ({ kind, dataRoot }, bit) => (kind === 3 ? undefined : only('dataRoot', flipped(dataRoot, bit))),
  path: ({ path }, bit) => only('path', flippedIn(path, bit)),
  'a shorter path': ({ path }) => (path.length === 0 ? undefined : { path: path.slice(1) }),
  'a longer path': ({ kind, path }) => (kind === 1 ? { path: [...path, OTHER] } : undefined),
  kind: ({ kind }) => ({ kind: (kind % 3) + 1 }),
  index: ({ index }) => ({ index: index ^ 1 }),
}

const LEAF_LIES: Readonly<Record<string, (opening: LeafOpening, bit: number) => Partial<LeafOpening> | undefined>> = {
  leaf: ({ data }, bit) => only('data', flipped(data, bit)),
  'a leaf more': ({ data }) => ({ data: `${data}${'00'.repeat(512)}` }),
  'a byte less': ({ data }) => ({ data: data.slice(0, -2) as Hex }),
  'no leaf': () => ({ data: '0x' }),
  siblings: ({ siblings }, bit) => only('siblings', flippedIn(siblings, bit)),
  'a sibling less': ({ siblings }) => (siblings.length === 0 ? undefined : { siblings: siblings.slice(1) }),
  'a sibling more': ({ siblings }) => ({ siblings: [...siblings, OTHER] }),
  'place of the leaf': ({ first }) => ({ first: first ^ 1 }),
  'no tensor': () => ({ tensor: 99 }),
}

function only<K extends string, V>(key: K, value: V | undefined): { [P in K]: V } | undefined {
  return value === undefined ? undefined : ({ [key]: value } as { [P in K]: V })
}

/** All wrong questions that come of a right one. */
function* liesOf({ formula, element, dims, claims, evidence }: Question, bit: number): Generator<[string, Question]> {
  const { tensors, leaves } = evidence
  const question = { formula, element, dims, claims }
  for (const [name, lie] of Object.entries(TENSOR_LIES))
    for (const [i, opening] of tensors.entries()) {
      const wrong = lie(opening, bit)
      const isRead = opening.kind !== 3 || leaves.some(({ tensor }) => tensor === i)
      if (!wrong || !isRead) continue
      yield [name, { ...question, evidence: { tensors: tensors.with(i, { ...opening, ...wrong }), leaves } }]
    }
  for (const [name, lie] of Object.entries(LEAF_LIES))
    for (const [i, opening] of leaves.entries()) {
      const wrong = lie(opening, bit)
      if (wrong) yield [name, { ...question, evidence: { tensors, leaves: leaves.with(i, { ...opening, ...wrong }) } }]
    }
  for (const i of leaves.keys())
    yield ['a leaf left out', { ...question, evidence: { tensors, leaves: leaves.toSpliced(i, 1) } }]
  const lies: [string, Claims][] = []
  if (tensors.some(({ kind }) => kind === 1)) {
    lies.push(
      ['trace', { ...claims, traceTree: OTHER }],
      ['number of entries', { ...claims, entries: claims.entries * 2 + 1 }],
    )
  }
  if (tensors.some(({ kind }) => kind === 2))
    lies.push(['request', { ...claims, request: claims.request.map(() => OTHER) }])
  for (const [name, wrong] of lies) yield [name, { ...question, claims: wrong, evidence }]
}

/** The contract's own word for why it reverted. */
function reasonOf(error: unknown): string {
  const reverted = error instanceof BaseError ? error.walk((e) => e instanceof ContractFunctionRevertedError) : null
  return (reverted instanceof ContractFunctionRevertedError && reverted.data?.errorName) || `${error}`
}

test('evidence that is not what was committed to reverts, and says why', async () => {
  const random = randomFrom(1)
  const [believed, reasons, told] = [[] as string[], new Set<string>(), new Set<string>()]
  for (const { question, ask, what } of all) {
    for (const [name, lie] of liesOf(question, random.int(0, 4095))) {
      told.add(name)
      const outcome = await ask(lie).then(
        (value) => `${what}: ${name} gives ${value}`,
        (error: unknown) => {
          reasons.add(reasonOf(error))
          return undefined
        },
      )
      if (outcome) believed.push(outcome)
    }
  }
  expect(believed).toEqual([])
  expect(told.size).toBe(Object.keys(TENSOR_LIES).length + Object.keys(LEAF_LIES).length + 4)
  expect([...reasons].sort()).toEqual(['LeafMissing', 'TensorMissing', 'WrongLeafOpening', 'WrongTensorOpening'])
})

test('a leaf of another tensor is no leaf of this one', async () => {
  for (const { question, ask } of all) {
    const { tensors, leaves } = question.evidence
    for (const [i, leaf] of leaves.entries()) {
      if (tensors.length < 2) continue
      const moved = leaves.with(i, { ...leaf, tensor: (leaf.tensor + 1) % tensors.length })
      await expect(ask({ ...question, evidence: { tensors, leaves: moved } })).rejects.toThrow()
    }
  }
})

/** Lengths and offsets in the calldata are as much the prover's as anything else. */
test('no bit of the calldata makes another element of it', async () => {
  const random = randomFrom(2)
  const elements = all.flatMap(({ question, folded }) => (folded ? [{ question, folded }] : []))
  for (let i = 0; i < FLIPS; i++) {
    const { question, folded } = random.pick(elements)
    const data = contract.elementData(question, folded)
    const honest = await contract.answerTo(data)
    // Formula, dimensions, element and claims are the caller's: behind the selector, the sixth word says where evidence begins.
    const from = 4 + Number(`0x${data.slice(2 + 8 + 64 * 5, 2 + 8 + 64 * 6)}`)
    const bit = random.int(0, 8 * ((data.length - 2) / 2 - from) - 1)
    const changed = flipped(`0x${data.slice(2 + 2 * from)}`, bit)
    const said = await contract.answerTo(`0x${data.slice(2, 2 + 2 * from)}${changed?.slice(2)}`).catch(() => undefined)
    if (said !== undefined) expect(said).toBe(honest)
  }
})
