import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex, encodeGenerationFile, hexToBytes, judgedProfile, type Tensor, tensorOf } from '@stoa/protocol'
import {
  ContractRevertError,
  challengeAnswer,
  encodeOpening,
  getArbiterTerms,
  proveSilenceCall,
  readGame,
  sendCall,
} from '@stoa/sdk'
import { createTestClient, http } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calibrateLlama } from '../../../llama/calibrate/calibrateLlama.ts'
import { buildExactLlama } from '../../../llama/exact/buildExactLlama.ts'
import { decoderShape } from '../../../llama/generate/decoderShape.ts'
import { generateGraph } from '../../../llama/generate/judged/generateGraph.ts'
import { randomWeights, SMALL } from '../../../llama/testing/randomWeights.ts'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { type Formulas, formulasFile, formulasOf } from '../../formula/index.ts'
import { type ExactGraph, loadExactGraph } from '../../profile/index.ts'
import { modelOpening } from '../modelOpening.ts'
import { openCase } from '../openCase.ts'
import type { OwnRun } from '../ownRun.ts'
import { openPlayer } from '../player/openPlayer.ts'
import type { JudgedAnswer, Player } from '../player/player.ts'
import { type Lie, lyingRun } from '../testing/lyingRun.ts'
import { openCourt } from '../testing/openCourt.ts'
import { type Play, playAnswer } from '../testing/playAnswer.ts'
import { posting } from '../testing/posting.ts'
import { generateStages } from './generateStages.ts'

/** A decoder of one layer with few ids, which end texts often. */
const CONFIG = { ...SMALL, layers: 1, hidden: 32, ffn: 32, heads: 2, kvHeads: 1, vocab: 40, context: 24 }
const ENDS = [3, 7]
const MOST = 6
const GROUND = { silence: 0, element: 3, chunk: 4, response: 5 } as const

let folder: string
let court: Awaited<ReturnType<typeof openCourt>>
let graph: ExactGraph
let formulas: Formulas
let contents: Record<string, Uint8Array>
let files: Record<string, string>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generate-games-'))
  const weights = randomWeights(CONFIG)
  const texts = [Array.from({ length: 24 }, (_, i) => (i * i * 31 + 7) % CONFIG.vocab)]
  const model = await buildExactLlama({ weights, calibration: await calibrateLlama({ weights, texts }) })
  const shape = decoderShape(model)
  if (typeof shape === 'string') throw new TypeError(shape)
  graph = loadExactGraph(writeOnnxModel(generateGraph(model, shape)))
  formulas = formulasOf(graph)
  const { vocab: vocabulary, context } = CONFIG
  contents = {
    'model.onnx': writeOnnxModel(model),
    'generation.bin': encodeGenerationFile({ vocabulary, context, begin: [], ends: ENDS }),
    'formulas.bin': formulasFile(new Map([['generate', formulas.root]])),
  }
  files = Object.fromEntries(Object.keys(contents).map((name) => [name, join(folder, name)]))
  for (const [name, data] of Object.entries(contents)) await writeFile(join(folder, name), data)
  court = await openCourt()
})
afterAll(async () => {
  await court.close()
  await rm(folder, { recursive: true })
})

type Settings = { temperature?: number; topK?: number; topP?: number; seed?: number }

const requestFor = ({ temperature = 0, topK = 0, topP = 1_000_000, seed = 0 }: Settings): Tensor[] => [
  tensorOf('ids', 'u32', [5], Uint32Array.of(11, 12, 13, 14, 15)),
  tensorOf('settings', 'u32', [4], Uint32Array.of(MOST, temperature, topK, topP)),
  tensorOf('seed', 'u8', [32], new Uint8Array(32).fill(temperature === 0 ? 0 : seed)),
]
const responseOf = (tokens: readonly number[]): Tensor[] => [
  tensorOf('tokens', 'u32', [tokens.length], Uint32Array.from(tokens)),
]

let offered: ReturnType<typeof court.offerFiles> | undefined
/** A signed answer of this model. */
async function answerOf(request: Tensor[], response: Tensor[]): Promise<JudgedAnswer> {
  offered ??= court.offerFiles(contents, judgedProfile('generate'))
  const { offerId, weights, files: bundle } = await offered
  const { receipt, signature } = await court.sign(offerId, weights, request, response)
  return { task: 'generate', files, bundle, request, response, receipt, signature: bytesToHex(signature), threads: 1 }
}

/** Tokens that go on with a wrong one, and are well formed: after it stands anything. */
const goingOn = (before: readonly number[], wrong: number): Tensor[] =>
  responseOf(ENDS.includes(wrong) ? [...before, wrong] : [...before, wrong, ...Array(MOST - before.length - 1).fill(1)])

/** The run of stage g as it should be, or with a lie in it. */
async function runOf(answer: JudgedAnswer, place: number, lie?: Lie): Promise<OwnRun> {
  return lyingRun(graph, (await generateStages(answer)).claimed(place).inputs, lie)
}

const tokenIn = (run: OwnRun): number => Number(run.outputs.get('token')?.data[0])

/** What the model answers, token by token by the derived graph: the whole text anew for each, no caches. */
async function trueTokens(request: Tensor[]): Promise<number[]> {
  const tokens: number[] = []
  while (tokens.length < MOST && !ENDS.includes(tokens.at(-1) ?? -1)) {
    const answer = await answerOf(request, responseOf([...tokens, 0]))
    tokens.push(tokenIn(await runOf(answer, tokens.length)))
  }
  return tokens
}

/** A seller that posts a run as it is, and answers folds as that run has them. */
async function sellerOf(answer: JudgedAnswer, place: number, run: OwnRun): Promise<Play> {
  const { request } = (await generateStages(answer)).claimed(place)
  const { 'formulas.bin': commitments = new Uint8Array() } = contents
  const model = modelOpening(answer.bundle, commitments, formulas)
  return posting(run, openCase({ run, formulas, request, model }))
}

async function using<T>(answer: JudgedAnswer, use: (player: Player) => Promise<T>): Promise<T> {
  const player = await openPlayer(answer)
  try {
    return await use(player)
  } finally {
    await player.close()
  }
}

/** Lets a challenger dispute an answer whose seller posts this run of a stage. */
async function dispute(answer: JudgedAnswer, place: number, told: OwnRun) {
  const seller = await sellerOf(answer, place, told)
  return using(answer, async (player) => {
    const complaint = await player.complaint()
    expect(complaint).toMatchObject({ complain: 'challenge', stage: { place } })
    if (!complaint) throw new Error('there is nothing wrong')
    return playAnswer(court, answer, complaint, { seller, challenger: (game) => player.nextStep('challenger', game) })
  })
}

const KINDS: [string, Settings][] = [
  ['greedily', {}],
  ['sampled', { temperature: 1500, seed: 5 }],
  ['sampled from the top k and top p', { temperature: 2000, topK: 12, topP: 800_000, seed: 9 }],
]

describe.each(KINDS)('of an answer chosen %s', (_, settings) => {
  const request = requestFor(settings)
  let tokens: number[]
  beforeAll(async () => {
    tokens = await trueTokens(request)
    expect(tokens.length).toBeGreaterThan(1)
  })

  test('an honest seller is not convicted', async () => {
    const answer = await answerOf(request, responseOf(tokens))
    await using(answer, async (player) => {
      expect(await player.answeredRight()).toBe(true)
      const place = tokens.length - 1
      const opening = (await generateStages(answer)).opening(place)
      const complaint = { complain: 'challenge', stage: { place, opening } } as const
      const seller: Play = (game) => player.nextStep('seller', game)
      // Who computed right gives up; who believes in another computation finds a place where the contract refuses its proof.
      const right = await playAnswer(court, answer, complaint, {
        seller,
        challenger: (game) => player.nextStep('challenger', game),
      })
      expect(right).toMatchObject({ convicted: false })
      const other = await answerOf(requestFor({ temperature: 900, seed: 1 }), responseOf(tokens))
      await using({ ...other, receipt: answer.receipt, signature: answer.signature }, async (mistaken) => {
        const challenger: Play = (game) => mistaken.nextStep('challenger', game)
        await expect(playAnswer(court, answer, complaint, { seller, challenger })).rejects.toThrow(ContractRevertError)
      })
    })
  })

  test('a wrong number in the network is found, and what it leads to', async () => {
    const place = tokens.length - 1
    const before = tokens.slice(0, place)
    const honest = await answerOf(request, responseOf(tokens))
    const logits = formulas.entries.findIndex(({ tensor }) => tensor === 'logits')
    // Bits of numbers before the logits are turned until one leads to another token.
    for (let entry = logits; entry > 0; entry--) {
      const told = await runOf(honest, place, { entry, element: 0, change: (x) => (x > 20_000n ? 0n : x + 60n) })
      const answer = await answerOf(request, goingOn(before, tokenIn(told)))
      if (tokenIn(told) === tokens[place]) continue
      expect(await dispute(answer, place, told)).toMatchObject({ convicted: true })
      return
    }
    throw new Error('no number led to another token')
  })

  test('a wrong choice from right logits is found', async () => {
    const place = tokens.length - 1
    const last = formulas.entries.length - 1
    const other = (x: bigint) => (x === 1n ? 2n : 1n)
    const honest = await answerOf(request, responseOf(tokens))
    const told = await runOf(honest, place, { entry: last, element: 0, change: other })
    const answer = await answerOf(request, goingOn(tokens.slice(0, place), tokenIn(told)))
    const { convicted, ground } = await dispute(answer, place, told)
    expect({ convicted, ground }).toEqual({ convicted: true, ground: GROUND.element })
    // Who posts the true run does not escape: the answer differs from it.
    const again = await answerOf(request, [...answer.response])
    const truthful = await dispute(again, place, await runOf(again, place))
    expect(truthful).toMatchObject({ convicted: true, ground: GROUND.response })
  })
})

describe('a malformed answer', () => {
  const request = requestFor({})
  const wait: Play = async () => ({ step: 'wait' })

  test.each<[string, Tensor[]]>([
    ['no tokens', responseOf([])],
    ['too few, without an end', responseOf([1, 2])],
    ['too many', responseOf([1, 2, 4, 5, 6, 8, 9])],
    ['an end before the last', responseOf([1, 3, 2, 4, 5, 6])],
    ['an id that there is not', responseOf([1, 2, 40, 4, 5, 6])],
    ['another tensor', [tensorOf('text', 'u8', [3], Uint8Array.of(1, 2, 3))]],
    ['another shape', [tensorOf('tokens', 'u32', [1, 6], Uint32Array.of(1, 2, 4, 5, 6, 8))]],
    ['two tensors', [...responseOf([1, 2, 4, 5, 6, 8]), tensorOf('more', 'u8', [0], new Uint8Array())]],
  ])('convicts at once: %s', async (_, response) => {
    const answer = await answerOf(request, response)
    const complaint = await using(answer, (player) => player.complaint())
    expect(complaint?.complain).toBe('proveMalformed')
    if (!complaint) return
    expect(await playAnswer(court, answer, complaint, { seller: wait, challenger: wait })).toMatchObject({
      convicted: true,
    })
  })

  test.each<[string, number[]]>([
    ['as many as were asked for', [1, 2, 4, 5, 6, 8]],
    ['fewer, with an end', [1, 2, 7]],
    ['an end alone', [3]],
  ])('is not one of %s', async (_, tokens) => {
    const answer = await answerOf(request, responseOf(tokens))
    const shown = (await generateStages(answer)).opening(0)
    if (shown.of !== 'generate' || shown.shows !== 'stage') throw new TypeError('another opening')
    const none = { response: [], header: '0x', dataRoot: `0x${'00'.repeat(32)}` } as const
    const opening = { of: 'generate', shows: 'malformed', opening: { ...none, answer: shown.opening } } as const
    const complaint = { complain: 'proveMalformed', opening } as const
    await expect(playAnswer(court, answer, complaint, { seller: wait, challenger: wait })).rejects.toThrow(
      ContractRevertError,
    )
  })
})

// Last, for it takes the chain's clock ahead.
test('a seller that falls silent about a stage is convicted', async () => {
  const { deployment, challenger, chain } = court
  const request = requestFor({})
  const answer = await answerOf(request, responseOf([1, 2, 4, 5, 6, 8]))
  const opening = encodeOpening((await generateStages(answer)).opening(0))
  const signed = { deployment, receipt: answer.receipt, signature: hexToBytes(answer.signature) }
  const { game, blockNumber: fromBlock } = await challengeAnswer(challenger, {
    ...signed,
    stage: { place: 0n, opening },
  })
  const played = await readGame(challenger, { deployment, game, fromBlock })
  expect(played?.stage).toMatchObject({ place: 0n })
  if (!played) return
  const { clock } = await getArbiterTerms(challenger, { deployment })
  const time = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })
  await time.increaseTime({ seconds: clock + 1 })
  await time.mine({ blocks: 1 })
  await sendCall(challenger, deployment.chainId, proveSilenceCall({ ...signed, played }))
  const over = await readGame(challenger, { deployment, game, fromBlock })
  expect(over?.verdict).toMatchObject({ convicted: true, ground: GROUND.silence })
})
