import { deadlineOf, type JudgedAnswer, turnOf } from '@stoa/engine/dispute'
import type { Hex } from '@stoa/protocol'
import {
  ContractRevertError,
  type Deployment,
  type ListedGame,
  moveCall,
  type PlayedGame,
  type ReadClient,
  readGame,
  type Sender,
} from '@stoa/sdk'
import type { NodeLogger } from '../events.ts'
import type { PlayerPool } from './playerPool.ts'

export type PlayGameParameters = {
  client: ReadClient
  deployment: Deployment
  sender: Sender
  players: PlayerPool
  findAnswer: (game: ListedGame) => Promise<JudgedAnswer | undefined>
  logger: NodeLogger
}

/** A game after a step in it. `problem` says what keeps this node from playing it. */
export type GameView =
  | { readonly on: true; readonly waitsFor: 'us' | 'challenger'; readonly deadline: number; readonly problem?: string }
  | { readonly on: false; readonly played: PlayedGame }

/** Refusals that mean that the chain is further than what was read: the next look sees it. */
const OVERTAKEN: readonly string[] = ['WrongState', 'TimeIsNotUp', 'TimeIsUp']

/**
 * Does what there is to do in a game now, by what the chain says of it: a move where it is the seller's turn, an end where the challenger's clock has run out. Undefined where the chain
 * no longer knows the game. What was done already is not done again: a move fits one state of the game only.
 *
 * @param now Unix second, by the chain's clock and this machine's, whichever is ahead.
 */
export async function playGame(
  parameters: PlayGameParameters,
  listed: ListedGame,
  now: number,
): Promise<GameView | undefined> {
  const { receiptDigest } = listed
  const played = await readListed(parameters, listed)
  if (!played || played.verdict) return played && { on: false, played }
  if (turnOf(played.state) === 'challenger') {
    // Anyone may end a game that the challenger left; the bond is the seller's to collect.
    if (now > deadlineOf(played.state)) await send(parameters, played, { move: 'dismiss', args: [] })
    return viewOf(await readListed(parameters, listed))
  }
  const answer = await parameters.findAnswer(listed)
  if (!answer) return viewOf(played, 'the receipt is signed with this node’s key, but its store does not know it')
  const { next, right } = await parameters.players.ask(receiptDigest, answer, async (player) => ({
    next: await player.nextStep('seller', played),
    right: await player.answeredRight(),
  }))
  if (next.step === 'call') await send(parameters, played, next.call)
  const wrong = right ? undefined : 'computed again, the answer is another: this machine gave a wrong one'
  const late = now > deadlineOf(played.state) ? 'this node’s clock has run out' : undefined
  return viewOf(await readListed(parameters, listed), wrong ?? late)
}

/** A game from its events, if it is the one that was listed: after a reorganisation its number may be another's. */
async function readListed(
  { client, deployment }: PlayGameParameters,
  { game, blockNumber: fromBlock, receiptDigest }: ListedGame,
): Promise<PlayedGame | undefined> {
  const played = await readGame(client, { deployment, game, fromBlock })
  return played?.receiptDigest === receiptDigest ? played : undefined
}

function viewOf(played: PlayedGame | undefined, problem?: string): GameView | undefined {
  if (!played || played.verdict) return played && { on: false, played }
  const { state } = played
  const waitsFor = turnOf(state) === 'seller' ? 'us' : 'challenger'
  return { on: true, waitsFor, deadline: deadlineOf(state), ...(problem && { problem }) }
}

type Move = Pick<Parameters<typeof moveCall>[0], 'move' | 'args'>

async function send({ sender, deployment, logger }: PlayGameParameters, played: PlayedGame, move: Move): Promise<void> {
  const { game, state } = played
  try {
    const { transactionHash: hash, gasUsed } = await sender.send(moveCall({ deployment, game, state, ...move }))
    logger({ event: 'move', game, move: move.move, hash: hash as Hex, gasUsed })
  } catch (error) {
    if (error instanceof ContractRevertError && OVERTAKEN.includes(error.code)) return
    throw error
  }
}
