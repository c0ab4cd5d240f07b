import type { Address, Hex } from '@stoa/protocol'
import { graphArbiterAbi } from '@stoa/protocol/abi'
import { formatLog, numberToHex, parseEventLogs, type RpcLog } from 'viem'
import { getBlockNumber } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { scanRanges } from '../../internal/scanRanges.ts'
import { arbiterOf } from './arbiterOf.ts'
import type { GameFolds, GameStage, GameState } from './gameState.ts'

/** How a game ended, and in which transaction. Amounts in wei of the stake token. */
export type Verdict =
  | { convicted: true; ground: number; taken: bigint; burned: bigint; transaction: Hex }
  | { convicted: false; ground: undefined; transaction: Hex }

/** A game as its events tell it: all that a player needs to go on, whatever it has forgotten. */
export type PlayedGame = {
  game: bigint
  receiptDigest: Hex
  provider: Address
  challenger: Address
  /** As the last move left it. */
  state: GameState
  /** Rows that the seller posted of what the game is about now, each with the state that it led to. */
  rows: readonly { state: GameState; nodes: readonly Hex[] }[]
  /** Of an answer of a composed task: which stage of it the game is about. */
  stage: { place: bigint; stage: GameStage } | undefined
  /** Header of the entry last opened, and root over its data. */
  opened: { header: Hex; dataRoot: Hex } | undefined
  /** Data last revealed. */
  data: Hex
  /** What was last said of folds; `states` is empty until the seller has said them. */
  folds: GameFolds
  states: Hex
  /** Undefined while the game is on. */
  verdict: Verdict | undefined
  /** Transactions of the game so far. */
  transactions: readonly Hex[]
}

export type ReadGameParameters = {
  deployment: Deployment
  game: bigint
  /** The block of the challenge, or one before it; 0. */
  fromBlock?: bigint
}

/** Reads a game from its events. Undefined where there is none. */
export async function readGame(
  client: ReadClient,
  { deployment, game, fromBlock = 0n }: ReadGameParameters,
): Promise<PlayedGame | undefined> {
  const address = arbiterOf(deployment)
  const to = await translated(getBlockNumber(client, { cacheTime: 0 }))
  const logs = await scanRanges({ from: fromBlock, to }, (range) => logsOfGame(client, address, game, range))
  const events = parseEventLogs({ abi: graphArbiterAbi, logs, strict: true })
  let played: PlayedGame | undefined
  for (const event of events) {
    if (!('game' in event.args) || event.args.game !== game) continue
    if (event.eventName === 'Challenged') {
      const { receiptDigest, provider, state } = event.args
      const names = { game, receiptDigest, provider, challenger: state.challenger }
      const nothing = { rows: [], opened: undefined, data: '0x', folds: [], states: '0x', transactions: [] } as const
      played = { ...names, ...nothing, state, stage: undefined, verdict: undefined }
    }
    if (!played) continue
    const transactions = [...new Set([...played.transactions, event.transactionHash])]
    played = { ...played, ...told(played, event), transactions }
  }
  return played
}

/** Every event of a game has its number for the first topic after its name: nodes find those without reading the others. */
async function logsOfGame(
  client: ReadClient,
  address: Address,
  game: bigint,
  { fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint },
) {
  const topics = [null, numberToHex(game, { size: 32 })]
  const range = { fromBlock: numberToHex(fromBlock), toBlock: numberToHex(toBlock) }
  const logs: RpcLog[] = await client.request({ method: 'eth_getLogs', params: [{ address, topics, ...range }] })
  return logs.map((log) => formatLog(log))
}

type GameEvent = ReturnType<typeof parseEventLogs<typeof graphArbiterAbi, true>>[number]

/** What an event adds to what is known of its game. */
function told(played: PlayedGame, event: GameEvent): Partial<PlayedGame> {
  const { transactionHash: transaction } = event
  switch (event.eventName) {
    case 'Staged':
      return { stage: { place: event.args.place, stage: event.args.stage } }
    case 'RowPosted': {
      const { state, nodes } = event.args
      return { state, rows: [...played.rows, { state, nodes }] }
    }
    case 'Entered':
      return { state: event.args.state, rows: [], opened: undefined, data: '0x' }
    case 'Descended':
      return { state: event.args.state }
    case 'Opened': {
      const { state, header, dataRoot } = event.args
      return { state, opened: { header, dataRoot } }
    }
    case 'LeavesPosted':
      return { state: event.args.state, data: event.args.data }
    case 'Disputed':
    case 'Narrowed':
      return { state: event.args.state, folds: event.args.folds, states: '0x' }
    case 'Folded':
      return { state: event.args.state, folds: event.args.folds, states: event.args.states }
    case 'Convicted': {
      const { ground, taken, burned } = event.args
      return { verdict: { convicted: true, ground, taken, burned, transaction } }
    }
    case 'Dismissed':
      return { verdict: { convicted: false, ground: undefined, transaction } }
    default:
      return {}
  }
}
