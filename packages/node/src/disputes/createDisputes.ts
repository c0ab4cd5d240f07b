import type { Address, Hex } from '@stoa/protocol'
import { type Deployment, type ListedGame, listGames, type ReadClient, translateError } from '@stoa/sdk'
import { getBlock } from 'viem/actions'
import type { GasPurse } from '../chain/gasPurse.ts'
import type { GasWatch } from '../chain/gasWatch.ts'
import type { NodeLogger } from '../events.ts'
import type { GameTable } from '../store/gameTable.ts'
import { type GameView, type PlayGameParameters, playGame } from './playGame.ts'
import { verdictWords } from './verdictWords.ts'

export type DisputesParameters = PlayGameParameters & {
  client: ReadClient
  deployment: Deployment
  provider: Address
  /** Of the account that pays the gas of moves. */
  gas: GasWatch
  games: GameTable
  /** Seconds between looks at the judge. */
  pollSeconds: number
  /** Block from which games are looked for the first time. */
  fromBlock: bigint
  logger: NodeLogger
}

/** A game that is on. Times in unix seconds. */
export type GameStatus = {
  game: bigint
  receiptDigest: Hex
  challenger: Address
  waitsFor: 'us' | 'challenger'
  /** When the clock of whom it waits for is empty. */
  deadline: number
  problem?: string
}

export type DisputesStatus = {
  /** Undefined until the chain was asked. */
  purse: GasPurse | undefined
  on: readonly GameStatus[]
  acquitted: number
  convicted: number
  /** What its operator should do something about. */
  warnings: readonly string[]
}

export type Disputes = {
  status(): DisputesStatus
  /** Waits for nothing that is under way: everything is found again at the next start. */
  stop(): Promise<void>
}

/** Blocks after which a verdict is taken to stay: the deepest reorganisation that is expected. */
const BURIED = 64n
/** Games that are played at once. */
const AT_ONCE = 2
const MAX_PAUSE_MS = 60_000

/**
 * Watches the judge for games about this provider's answers and plays them: again and again it looks at what the chain says, and does what there is to do. It needs to remember
 * nothing but where to look from, so it goes on after any end of the process, and after a reorganisation.
 */
export function createDisputes(parameters: DisputesParameters): Disputes {
  const { client, deployment, provider, gas, games, fromBlock, logger, players } = parameters
  const closing = new AbortController()
  const { signal } = closing
  const views = new Map<bigint, { listed: ListedGame; view: GameView & { on: true } }>()
  const failures = new Map<bigint, { count: number; until: number }>()

  const look = async (): Promise<void> => {
    const head = await getBlock(client, { blockTag: 'latest' }).catch((error: unknown) => {
      throw translateError(error)
    })
    const listed = await listGames(client, { deployment, provider, fromBlock: games.lookFrom() ?? fromBlock })
    const known = new Map(games.list().map((row) => [row.game, row]))
    for (const row of known.values()) if (isGone(row, listed)) forget(row.game)
    const now = Math.max(Number(head.timestamp), Math.floor(Date.now() / 1000))
    const toPlay = listed.filter((each) => {
      if (known.get(each.game)?.receiptDigest !== each.receiptDigest) begin(each)
      return each.on || !known.get(each.game)?.verdict
    })
    await inParallel(toPlay, AT_ONCE, (each) => step(each, now))
    if (signal.aborted) return
    // What is over and buried is not looked at again.
    const open = listed.filter(({ game, blockNumber }) => !isOver(game) || blockNumber > head.number - BURIED)
    // A reorganisation may bring a challenge back in an earlier block than it was in.
    let earliest = head.number
    for (const { blockNumber } of open) if (blockNumber < earliest) earliest = blockNumber
    games.setLookFrom(earliest > BURIED ? earliest - BURIED : 0n)
  }
  const isOver = (game: bigint) => games.list().some((row) => row.game === game && row.verdict !== undefined)
  const isGone = ({ game, block }: { game: bigint; block: bigint }, listed: readonly ListedGame[]) =>
    block >= (games.lookFrom() ?? fromBlock) && !listed.some((each) => each.game === game)

  const begin = ({ game, receiptDigest, challenger, receipt, blockNumber: block }: ListedGame) => {
    games.put({ game, receiptDigest, block, verdict: undefined })
    logger({ event: 'challenged', game, receiptDigest, offerId: receipt.offerId, challenger })
  }
  const forget = (game: bigint) => {
    games.remove(game)
    views.delete(game)
    logger({ event: 'game-gone', game })
  }

  const step = async (listed: ListedGame, now: number): Promise<void> => {
    const { game } = listed
    if (signal.aborted || (failures.get(game)?.until ?? 0) > performance.now()) return
    try {
      const view = await playGame(parameters, listed, now)
      if (signal.aborted) return
      failures.delete(game)
      if (view) conclude(listed, view)
    } catch (error) {
      if (signal.aborted) return
      const count = (failures.get(game)?.count ?? 0) + 1
      const pause = Math.min(MAX_PAUSE_MS, 1000 * parameters.pollSeconds * 2 ** (count - 1))
      failures.set(game, { count, until: performance.now() + pause })
      logger({ event: 'dispute-failed', game, error })
    }
  }
  const conclude = (listed: ListedGame, view: GameView) => {
    const { game, receiptDigest, blockNumber: block } = listed
    if (view.on) {
      const before = views.get(game)?.view.problem
      // A reorganisation may take a verdict back.
      if (isOver(game)) games.put({ game, receiptDigest, block, verdict: undefined })
      views.set(game, { listed, view })
      if (view.problem && view.problem !== before) logger({ event: 'dispute-problem', game, problem: view.problem })
      return
    }
    views.delete(game)
    const { verdict } = view.played
    if (!verdict) return
    games.put({ game, receiptDigest, block, verdict: verdict.convicted ? 'convicted' : 'acquitted' })
    logger({ event: 'verdict', game, convicted: verdict.convicted, words: verdictWords(verdict) })
    if (![...views.values()].some((other) => other.listed.receiptDigest === receiptDigest)) players.drop(receiptDigest)
  }

  const run = async () => {
    for (let failed = 0; !signal.aborted; ) {
      try {
        await Promise.all([look(), gas.look()])
        failed = 0
      } catch (error) {
        if (failed++ === 0 && !signal.aborted) logger({ event: 'judge-unreachable', error })
      }
      await pause(Math.min(MAX_PAUSE_MS, 1000 * parameters.pollSeconds * 2 ** Math.min(failed, 6)), signal)
    }
  }
  const running = Promise.race([run(), aborted(signal)])
  return {
    status() {
      const rows = games.list()
      const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length
      const on = [...views.values()].map(({ listed: { game, receiptDigest, challenger }, view }) => {
        const { waitsFor, deadline, problem } = view
        return { game, receiptDigest, challenger, waitsFor, deadline, ...(problem && { problem }) }
      })
      const warnings = on.flatMap(({ game, problem }) => (problem ? [`Game ${game}: ${problem}.`] : []))
      const acquitted = count('acquitted')
      const convicted = count('convicted')
      return { purse: gas.purse(), on, acquitted, convicted, warnings: [...lowGas(gas), ...warnings] }
    },
    async stop() {
      closing.abort()
      players.close()
      await running
    },
  }
}

function lowGas(gas: GasWatch): string[] {
  const warning = gas.warning()
  return warning ? [`${warning} Without gas a false challenge wins by the clock.`] : []
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

/** Resolves after a time or with the signal, whichever is first; keeps no process alive. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    timer.unref()
    signal.addEventListener('abort', done, { once: true })
  })
}

async function inParallel<T>(items: readonly T[], most: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker))
}
