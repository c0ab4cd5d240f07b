import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  embeddingStages,
  generateStages,
  type JudgedAnswer,
  type JudgedTask,
  modelOpening,
  type OwnRun,
  openCase,
  openOwnRun,
  openPlayer,
} from '@stoa/engine/dispute'
import { type openCourt, playAnswer, posting, tamperedRun } from '@stoa/engine/dispute/testing'
import { formulasOf } from '@stoa/engine/exact'
import { formulasOfModel, openModel } from '@stoa/engine/inference'
import { bytesToHex, judgedProfile, type Tensor, tensorOf } from '@stoa/protocol'
import { encoder } from '../verified/cases.ts'
import { type Played, pick } from './played.ts'

type Court = Awaited<ReturnType<typeof openCourt>>

/** A model of a composed task with a request, and the stage of its answer that is lied about. */
export type Composed = {
  readonly task: Extract<JudgedTask, 'generate' | 'embedding'>
  readonly contents: Readonly<Record<string, Uint8Array>>
  readonly request: readonly Tensor[]
  readonly place: number
}

/** The shipped language model: the 16th token after a prompt of 100, sampled. */
export async function generated(): Promise<Composed> {
  const asset = (name: string) =>
    readFile(fileURLToPath(new URL(`../../apps/cli/assets/scribe/${name}`, import.meta.url)))
  const ids = Uint32Array.from({ length: 100 }, (_, i) => (i * 7919 + 300) % 2048)
  return {
    task: 'generate',
    contents: {
      'model.onnx': await asset('model.onnx'),
      'generation.bin': await asset('generation.bin'),
      'tokenizer.json': await asset('tokenizer.json'),
    },
    request: [
      tensorOf('ids', 'u32', [ids.length], ids),
      tensorOf('settings', 'u32', [4], Uint32Array.of(16, 900, 40, 950_000)),
      tensorOf('seed', 'u8', [32], new Uint8Array(32).fill(7)),
    ],
    place: 15,
  }
}

/** The shipped sentence encoder: the third of four texts of 60 pieces. */
export async function embedded(): Promise<Composed> {
  const { exact } = await encoder()
  const ids = Uint32Array.from({ length: 240 }, (_, i) => 6 + ((i * 7919) % 7_900))
  return {
    task: 'embedding',
    contents: { 'model.onnx': exact },
    request: [
      tensorOf('ids', 'u32', [ids.length], ids),
      tensorOf('offsets', 'u32', [5], Uint32Array.of(0, 60, 120, 180, 240)),
    ],
    place: 2,
  }
}

/** Plays games about one stage of an answer, whose seller lies by one bit anywhere in its run. */
export async function judgeStage(
  court: Court,
  { task, contents, request, place }: Composed,
  games: number,
): Promise<Played[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-stages-'))
  try {
    const whole = {
      ...contents,
      'formulas.bin': formulasOfModel(task, { 'model.onnx': contents['model.onnx'] ?? new Uint8Array() }),
    }
    const files: Record<string, string> = {}
    for (const [name, data] of Object.entries(whole)) {
      files[name] = join(folder, name)
      await writeFile(files[name], data)
    }
    const { offerId, weights, files: bundle } = await court.offerFiles(whole, judgedProfile(task))
    const response = await respond({ task, files, request })
    const played: Played[] = []
    for (let game = 0; game < games; game++) {
      const started = performance.now()
      const { receipt, signature } = await court.sign(offerId, weights, request, response)
      const answer: JudgedAnswer = { task, files, bundle, request, response, receipt, signature: bytesToHex(signature) }
      const { operator, ...result } = await playStage(court, answer, place, whole['formulas.bin'])
      played.push({ ...result, operator, seconds: (performance.now() - started) / 1000 })
    }
    return played
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** What the model answers; a generated text goes on to its end, whatever it says. */
async function respond({ task, files, request }: Pick<JudgedAnswer, 'files' | 'request'> & { task: Composed['task'] }) {
  if (task === 'embedding') return embed(files, request)
  const model = await openModel({ task, profile: 'exact/1', files })
  try {
    return await model.run(request)
  } finally {
    await model.close()
  }
}

/** Rows one by one, by the graph of a stage. */
async function embed(files: JudgedAnswer['files'], request: readonly Tensor[]): Promise<Tensor[]> {
  const empty = tensorOf('embedding', 'i32', [4, 512], new Int32Array(4 * 512))
  const bare = { task: 'embedding', files, bundle: [], request, response: [empty] } as const
  const stages = await embeddingStages({ ...bare, receipt: NO_RECEIPT, signature: '0x' })
  const { executor } = await stages.openGraph()
  const rows: number[] = []
  for (let place = 0; place < stages.count; place++)
    rows.push(...Array.from((await executor.run(stages.claimed(place).inputs)).get('embedding')?.data ?? [], Number))
  await executor.close()
  return [tensorOf('embedding', 'i32', [4, 512], Int32Array.from(rows))]
}

const NOTHING = `0x${'00'.repeat(32)}` as const
const NO_RECEIPT: JudgedAnswer['receipt'] = {
  ...{ version: 1, offerId: NOTHING, payer: `0x${'00'.repeat(20)}`, lane: 0n, voucherCumulative: 0n },
  ...{ weightsDigest: NOTHING, requestDigest: NOTHING, responseDigest: NOTHING, units: 0n, charge: 0n },
  ...{ chargedCumulative: 0n, requestedAt: 0, answeredAt: 0 },
}

async function playStage(court: Court, answer: JudgedAnswer, place: number, commitments: Uint8Array) {
  const stages = answer.task === 'generate' ? await generateStages(answer) : await embeddingStages(answer)
  const { graph, executor } = await stages.openGraph()
  const formulas = formulasOf(graph)
  const { inputs, request } = stages.claimed(place)
  const truth: OwnRun = await openOwnRun(executor, graph, inputs)
  const target = pick(truth)
  const told = await tamperedRun(truth, target.entry, target.byte)
  const own = openCase({ run: told, formulas, request, model: modelOpening(answer.bundle, commitments, formulas) })
  const player = await openPlayer(answer)
  try {
    const complaint = { complain: 'challenge', stage: { place, opening: stages.opening(place) } } as const
    const challenger = (game: Parameters<ReturnType<typeof posting>>[0]) => player.nextStep('challenger', game)
    const result = await playAnswer(court, answer, complaint, { seller: posting(told, own), challenger })
    return { ...result, operator: formulas.entries[target.entry]?.expression.op ?? '' }
  } finally {
    await player.close()
    await executor.close()
  }
}
