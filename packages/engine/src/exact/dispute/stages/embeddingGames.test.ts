import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex, judgedProfile, type Tensor, tensorOf } from '@stoa/protocol'
import { ContractRevertError } from '@stoa/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { Emitter, int } from '../../../quantize/emit/emitter.ts'
import { formulasFile, formulasOf } from '../../formula/index.ts'
import { loadExactGraph } from '../../profile/index.ts'
import { modelOpening } from '../modelOpening.ts'
import { openCase } from '../openCase.ts'
import { openPlayer } from '../player/openPlayer.ts'
import type { JudgedAnswer, Player } from '../player/player.ts'
import { type Lie, lyingRun } from '../testing/lyingRun.ts'
import { openCourt } from '../testing/openCourt.ts'
import { type Play, playAnswer } from '../testing/playAnswer.ts'
import { posting } from '../testing/posting.ts'
import { embeddingStages } from './embeddingStages.ts'

const [VOCABULARY, COLUMNS] = [40, 512]
const GROUND = { element: 3, response: 5 } as const

/** An encoder that adds up its pieces' rows. */
function encoder() {
  const emitter = new Emitter()
  emitter.dimension('T', { min: 1, max: 128, step: 1 })
  const ids = emitter.input('ids', 'i64', ['T'], { lo: 0, hi: VOCABULARY - 1 })
  const rows = Int32Array.from({ length: VOCABULARY * COLUMNS }, (_, i) => ((i * i * 7 + i) % 401) - 200)
  const table = emitter.i32(rows, [VOCABULARY, COLUMNS], 'pieces')
  const pieces = emitter.node('Gather', [table, ids], { axis: int(0) }, 'read')
  emitter.output(emitter.node('ReduceSum', [pieces, emitter.i64([0])], {}, 'sum'), 'embedding', 'i32')
  return loadExactGraph(writeOnnxModel(emitter.model()))
}

const graph = encoder()
const formulas = formulasOf(graph)
const contents = {
  'model.onnx': graph.bytes,
  'formulas.bin': formulasFile(new Map([['model.onnx', formulas.root]])),
}
/** Texts of 1 to 128 pieces, which lie across leaves. */
const TEXTS = [1, 128, 60, 100, 3].map((length, text) =>
  Array.from({ length }, (_, i) => (i * 11 + text * 5) % VOCABULARY),
)
const request: Tensor[] = [
  tensorOf('ids', 'u32', [TEXTS.flat().length], Uint32Array.from(TEXTS.flat())),
  tensorOf(
    'offsets',
    'u32',
    [TEXTS.length + 1],
    Uint32Array.from([0, ...TEXTS.map((_, i) => TEXTS.slice(0, i + 1).flat().length)]),
  ),
]

let folder: string
let files: Record<string, string>
let court: Awaited<ReturnType<typeof openCourt>>
let offered: Awaited<ReturnType<typeof court.offerFiles>>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedding-games-'))
  files = Object.fromEntries(Object.keys(contents).map((name) => [name, join(folder, name)]))
  for (const [name, data] of Object.entries(contents)) await writeFile(join(folder, name), data)
  court = await openCourt()
  offered = await court.offerFiles(contents, judgedProfile('embedding'))
})
afterAll(async () => {
  await court.close()
  await rm(folder, { recursive: true })
})

const runOf = (text: number, lie?: Lie) => {
  const data = BigInt64Array.from(TEXTS[text] ?? [], BigInt)
  return lyingRun(graph, new Map([['ids', { type: 'i64', dims: [data.length], data }]]), lie)
}
const rowOf = (run: ReturnType<typeof runOf>) => Array.from(run.outputs.get('embedding')?.data ?? [], Number)
const responseOf = (rows: readonly (readonly number[])[]): Tensor[] => [
  tensorOf('embedding', 'i32', [rows.length, COLUMNS], Int32Array.from(rows.flat())),
]
const trueRows = () => TEXTS.map((_, text) => rowOf(runOf(text)))

async function answerOf(response: Tensor[]): Promise<JudgedAnswer> {
  const { offerId, weights, files: bundle } = offered
  const { receipt, signature } = await court.sign(offerId, weights, request, response)
  return { task: 'embedding', files, bundle, request, response, receipt, signature: bytesToHex(signature), threads: 1 }
}

async function using<T>(answer: JudgedAnswer, use: (player: Player) => Promise<T>): Promise<T> {
  const player = await openPlayer(answer)
  try {
    return await use(player)
  } finally {
    await player.close()
  }
}

/** A seller that posts a run of a text as it is. */
async function sellerOf(answer: JudgedAnswer, text: number, run: ReturnType<typeof runOf>): Promise<Play> {
  const { request: inputs } = (await embeddingStages(answer)).claimed(text)
  const model = modelOpening(answer.bundle, contents['formulas.bin'], formulas)
  return posting(run, openCase({ run, formulas, request: inputs, model }))
}

async function dispute(answer: JudgedAnswer, text: number, run: ReturnType<typeof runOf>) {
  const seller = await sellerOf(answer, text, run)
  return using(answer, async (player) => {
    const complaint = await player.complaint()
    expect(complaint).toMatchObject({ complain: 'challenge', stage: { place: text } })
    if (!complaint) throw new Error('there is nothing wrong')
    return playAnswer(court, answer, complaint, { seller, challenger: (game) => player.nextStep('challenger', game) })
  })
}

describe.each([0, 1, 3, 4])('text %d', (text) => {
  test('a row of which an element is one unit off is found, whatever run is posted', async () => {
    const rows = trueRows()
    const entry = formulas.entries.length - 1
    const told = runOf(text, { entry, element: 300, change: (x) => x + 1n })
    rows[text] = rowOf(told)
    const liar = await answerOf(responseOf(rows))
    expect(await dispute(liar, text, told)).toMatchObject({ convicted: true })
    const truthful = await answerOf(responseOf(rows))
    expect(await dispute(truthful, text, runOf(text))).toMatchObject({ convicted: true, ground: GROUND.response })
  })

  test('a true row is not', async () => {
    const answer = await answerOf(responseOf(trueRows()))
    await using(answer, async (player) => {
      expect(await player.answeredRight()).toBe(true)
      const opening = (await embeddingStages(answer)).opening(text)
      const complaint = { complain: 'challenge', stage: { place: text, opening } } as const
      const both = (side: 'seller' | 'challenger') => (game: Parameters<Play>[0]) => player.nextStep(side, game)
      const sides = { seller: both('seller'), challenger: both('challenger') }
      expect(await playAnswer(court, answer, complaint, sides)).toMatchObject({ convicted: false })
    })
  })
})

const wait: Play = async () => ({ step: 'wait' })

test.each<[string, () => Tensor[]]>([
  ['a row too few', () => responseOf(trueRows().slice(1))],
  ['another type', () => [tensorOf('embedding', 'f32', [5, COLUMNS], new Float32Array(5 * COLUMNS))]],
  ['two tensors', () => [...responseOf(trueRows()), tensorOf('more', 'u8', [0], new Uint8Array())]],
])('convicts at once: %s', async (_, response) => {
  const answer = await answerOf(response())
  const complaint = await using(answer, (player) => player.complaint())
  expect(complaint?.complain).toBe('proveMalformed')
  if (!complaint) return
  expect(await playAnswer(court, answer, complaint, { seller: wait, challenger: wait })).toMatchObject({
    convicted: true,
  })
  const right = await answerOf(responseOf(trueRows()))
  const sides = { seller: wait, challenger: wait }
  await expect(playAnswer(court, right, complaint, sides)).rejects.toThrow(ContractRevertError)
})
