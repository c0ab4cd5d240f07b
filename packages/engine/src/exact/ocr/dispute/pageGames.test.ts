import { DTYPE_BYTES, type Tensor, tensorsDigest } from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lyingRun } from '../../dispute/testing/lyingRun.ts'
import { type PageEntryKind, pageEntryAt, pageEntryIndex, piecesOf } from '../trace/pageLayout.ts'
import type { PageProof } from './pageProof.ts'
import { openPageCourt } from './testing/openPageCourt.ts'
import { bitTurned, imageInput, type PageReader, toldOf } from './testing/pageReader.ts'
import { tinyPage, tinyTruth } from './testing/tinyPage.ts'

const tiny = tinyPage()
const { graphs } = tiny

let court: Awaited<ReturnType<typeof openPageCourt>>
let truth: PageReader
beforeAll(async () => {
  court = await openPageCourt({ graphs, keys: tiny.keys.file })
  truth = await tinyTruth(tiny)
})
afterAll(() => court.close())

/** A reading of which one entry is another; the response is the last three. */
const told = (entry: number, change: (tensor: Tensor) => Tensor): PageReader =>
  toldOf(truth, new Map([[entry, change]]))

/** Grounds of a verdict (contracts/src/interfaces/IGraphArbiter.sol, `Ground`). */
const GROUND = { element: 3, step: 8 }

const ONCE: readonly PageEntryKind[] = ['page', 'keys', 'across', 'frame', 'odds', 'scan', 'pieces', 'windows']
const EACH: readonly PageEntryKind[] = ['stripAcross', 'strip', 'best', 'leads', 'spelling', 'reading']
const TAIL: readonly PageEntryKind[] = ['rows', 'places', 'text', 'lines', 'boxes']

describe('a seller that lies by one bit', () => {
  test.each([...ONCE, ...EACH, ...TAIL])('in "%s" is convicted', async (kind) => {
    const entry = pageEntryIndex(kind, piecesOf(truth.trace.entries) ?? 0, 1)
    const { data, dtype } = truth.trace.tensor(entry)
    const elements = data.length / DTYPE_BYTES[dtype]
    for (const element of new Set([0, Math.floor(elements / 2), elements - 1])) {
      const result = await court.play({ truth, told: told(entry, (tensor) => bitTurned(tensor, element)) })
      expect({ kind, element, ...result }).toMatchObject({ convicted: true, ground: GROUND.step })
      expect(result.moves.length).toBeLessThanOrEqual(9)
    }
  })

  test.each(['det.onnx', 'rec.onnx'] as const)('within %s is convicted', async (file) => {
    const isDetector = file === 'det.onnx'
    const kinds: PageEntryKind[] = isDetector ? ['odds'] : ['best', 'leads']
    const [pieces, place] = [piecesOf(truth.trace.entries) ?? 0, isDetector ? 0 : 2]
    const entryOf = (kind: PageEntryKind) => pageEntryIndex(kind, pieces, place - 1)
    const image = truth.trace.tensor(entryOf(isDetector ? 'frame' : 'strip'))
    const lie = { entry: 2, element: 5, change: (x: bigint) => x + 4000n }
    const run = lyingRun(graphs[file], imageInput(image), lie)
    const outputs = new Map(kinds.map((kind) => [entryOf(kind), run.outputs.get(kind)]))
    const tensor = (index: number): Tensor => {
      const own = truth.trace.tensor(index)
      const value = outputs.get(index)
      return value ? { ...own, data: new Uint8Array(value.data.buffer, value.data.byteOffset, own.data.length) } : own
    }
    const trace = { ...truth.trace, tensor }
    const liar: PageReader = {
      trace,
      runOf: async (name, own, at) => (name === file ? run : truth.runOf(name, own, at)),
    }
    const result = await court.play({ truth, told: liar })
    expect(result).toMatchObject({ convicted: true, ground: GROUND.element })
    expect(result.moves.length).toBeLessThanOrEqual(12)
  })
})

test.each([...ONCE, ...EACH, ...TAIL])('a "%s" of another length convicts', async (kind) => {
  const entry = pageEntryIndex(kind, piecesOf(truth.trace.entries) ?? 0, 1)
  const lie = (tensor: Tensor) => ({ ...tensor, dims: [...tensor.dims, 1] })
  expect(await court.play({ truth, told: told(entry, lie) })).toMatchObject({ convicted: true, ground: GROUND.step })
})

test.each(['frame', 'strip', 'spelling', 'text'] as const)(
  'a "%s" that is shown among the evidence, and not by itself, is looked at there',
  async (kind) => {
    const prove = (proof: PageProof): PageProof => ({
      ...proof,
      own: { ...proof.own, header: '0x', path: [], first: proof.evidence.tensors.length },
      evidence: { ...proof.evidence, tensors: [...proof.evidence.tensors, proof.own] },
    })
    const entry = pageEntryIndex(kind, piecesOf(truth.trace.entries) ?? 0, 1)
    const longer = told(entry, (tensor) => ({ ...tensor, dims: [...tensor.dims, 1] }))
    expect(await court.play({ truth, told: longer, prove })).toMatchObject({ convicted: true, ground: GROUND.step })
    await expect(court.play({ truth: longer, told: truth, prove })).rejects.toThrow('The contract refused')
  },
)

test.each([-1, 1, 6, 1_800])('%s entries more or fewer convict', async (more) => {
  const { trace } = truth
  const entries = trace.entries + more
  const tensor = (index: number) => trace.tensor(Math.min(index, trace.entries - 1))
  const liar = { trace: { ...trace, entries, tensor }, runOf: truth.runOf }
  expect(await court.play({ truth, told: liar })).toMatchObject({ convicted: true, ground: GROUND.step })
})

test('another response than the trace’s convicts', async () => {
  const response = truth.trace.response.map((tensor) => bitTurned(tensor, 0))
  const liar = { trace: { ...truth.trace, response }, runOf: truth.runOf }
  expect(tensorsDigest(response)).not.toBe(tensorsDigest(truth.trace.response))
  expect(await court.play({ truth, told: liar })).toMatchObject({ convicted: true, ground: GROUND.step })
})

test('who is honest is acquitted, whatever somebody else takes for the truth', async () => {
  expect(await court.play({ truth, told: truth })).toMatchObject({ convicted: false })
  for (let entry = 1; entry < truth.trace.entries; entry++) {
    const { kind } = pageEntryAt(entry, piecesOf(truth.trace.entries) ?? 0)
    const wrong = told(entry, (tensor) => (tensor.data.length > 0 ? bitTurned(tensor, 0) : tensor))
    await expect(court.play({ truth: wrong, told: truth }), kind).rejects.toThrow('The contract refused')
  }
})
