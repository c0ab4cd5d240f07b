import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex } from '@stoa/protocol'
import { ContractRevertError, challengeAnswer, playMove, readGame } from '@stoa/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formulasOf } from '../../formula/index.ts'
import { smallNet, smallNetInputs } from '../../onnxruntime/testing/smallNet.ts'
import { sellerCall } from '../callOf.ts'
import { type Case, openCase } from '../openCase.ts'
import type { OwnRun } from '../ownRun.ts'
import { responseOf } from '../responseOf.ts'
import { sellerMove } from '../sellerMove.ts'
import { lyingRun } from '../testing/lyingRun.ts'
import { openCourt } from '../testing/openCourt.ts'
import { requestOf } from '../testing/simulate.ts'
import { openPlayer } from './openPlayer.ts'
import { openPlayerInProcess } from './openPlayerInProcess.ts'
import type { JudgedAnswer, NextStep, Player } from './player.ts'

const graph = smallNet()
const inputs = smallNetInputs(1, 8)
const formulas = formulasOf(graph)
const request = requestOf({ graph, inputs, formulas })
const truth = lyingRun(graph, inputs)
const entry = Math.floor(truth.entries.length / 2)
const liar = lyingRun(graph, inputs, { entry, element: 0, change: (x) => x ^ 1n })

let folder: string
let court: Awaited<ReturnType<typeof openCourt>>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'player-'))
  court = await openCourt()
})
afterAll(async () => {
  await court.close()
  await rm(folder, { recursive: true })
})

/** A seller's answer from a run, with what anybody needs who plays about it. */
async function answerOf(run: OwnRun): Promise<JudgedAnswer & { told: Case }> {
  const { offerId, weights, files: bundle, commitments, model } = await court.offer(graph, formulas)
  const files = { 'model.onnx': join(folder, 'model.onnx'), 'formulas.bin': join(folder, 'formulas.bin') }
  await writeFile(files['model.onnx'], graph.bytes)
  await writeFile(files['formulas.bin'], commitments)
  const response = responseOf(graph, run)
  const { receipt, signature } = await court.sign(offerId, weights, request, response)
  const told = openCase({ run, formulas, request, model })
  return { files, bundle, request, response, receipt, signature: bytesToHex(signature), threads: 1, told }
}

const withoutCase = ({ told: _, ...answer }: Awaited<ReturnType<typeof answerOf>>): JudgedAnswer => answer

type Play = (game: NonNullable<Awaited<ReturnType<typeof readGame>>>) => Promise<NextStep>

/** Plays a game to its end: the verdict, or who gave up. */
async function game(answer: JudgedAnswer, seller: Play, challenger: Play) {
  const { deployment } = court
  const signature = Uint8Array.from(Buffer.from(answer.signature.slice(2), 'hex'))
  const begun = await challengeAnswer(court.challenger, { deployment, receipt: answer.receipt, signature })
  for (;;) {
    const played = await readGame(court.seller, { deployment, game: begun.game, fromBlock: begun.blockNumber })
    if (!played) throw new Error('the game is gone')
    if (played.verdict) return played.verdict.convicted
    const [theirs, ours] = [await seller(played), await challenger(played)]
    // It is never both sides' turn.
    expect([theirs.step, ours.step]).toContain('wait')
    const next = theirs.step === 'wait' ? ours : theirs
    if (next.step !== 'call') return next.step
    const client = theirs.step === 'call' ? court.seller : court.challenger
    await playMove(client, { deployment, game: played.game, state: played.state, ...next.call })
  }
}

const lying =
  (told: Case): Play =>
  async (played) => {
    const move = await sellerMove(told.run, played.state, played.folds, told.foldStates)
    return move ? { step: 'call', call: sellerCall(move) } : { step: 'wait' }
  }

test('a challenger convicts who lies, opened afresh before every move', async () => {
  const answer = await answerOf(liar)
  const players: Player[] = []
  const convicted = await game(answer, lying(answer.told), async (played) => {
    const player = await openPlayerInProcess(withoutCase(answer))
    players.push(player)
    const next = await player.nextStep('challenger', played)
    await player.close()
    return next
  })
  expect(convicted).toBe(true)
  expect(players.length).toBeGreaterThan(3)
})

test('an honest seller answers everything, and one process plays for both sides', async () => {
  const answer = withoutCase(await answerOf(truth))
  const player = await openPlayerInProcess(answer)
  expect(await player.answeredRight()).toBe(true)
  // A challenger who believes a lie finds a place where the contract refuses its proof; one who computed right gives up at once.
  const mistaken = await openPlayer({ ...answer, request: liarRequest() })
  const play = game(
    answer,
    (played) => player.nextStep('seller', played),
    (played) => mistaken.nextStep('challenger', played),
  )
  await expect(play).rejects.toThrow(ContractRevertError)
  const right = await game(
    answer,
    (played) => player.nextStep('seller', played),
    (played) => player.nextStep('challenger', played),
  )
  expect(right).toBe('concede')
  await Promise.all([player.close(), mistaken.close()])
  await expect(player.answeredRight()).rejects.toMatchObject({ code: 'PLAYER_CLOSED' })
})

/** Another request, whose run differs from the true one. */
function liarRequest() {
  return request.map((tensor) => ({ ...tensor, data: tensor.data.map((byte) => byte ^ 1) }))
}

test('sees a wrong response, whatever the names of its tensors', async () => {
  const { response, ...rest } = withoutCase(await answerOf(truth))
  const renamed = await openPlayer({ ...rest, response: response.map((tensor) => ({ ...tensor, name: 'other' })) })
  expect(await renamed.answeredRight()).toBe(true)
  const changed = response.map((tensor) => ({ ...tensor, data: tensor.data.map((byte) => byte ^ 1) }))
  const wrong = await openPlayer({ ...rest, response: changed })
  expect(await wrong.answeredRight()).toBe(false)
  await Promise.all([renamed.close(), wrong.close()])
})

test('refuses a model without its own formulas, and ends when told to', async () => {
  const answer = withoutCase(await answerOf(truth))
  const { 'model.onnx': model } = answer.files
  const unjudged = openPlayerInProcess({ ...answer, files: { 'model.onnx': model ?? '' } })
  await expect(unjudged).rejects.toMatchObject({ code: 'INVALID_MODEL' })
  const reason = new Error('enough')
  const ending = new AbortController()
  const player = await openPlayerInProcess(answer, { signal: ending.signal })
  ending.abort(reason)
  await expect(player.answeredRight()).rejects.toBe(reason)
})
