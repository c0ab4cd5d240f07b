import { hexToBytes } from '@stoa/protocol'
import {
  challengeAnswer,
  encodeOpening,
  type PlayedGame,
  playMove,
  proveMalformedCall,
  readGame,
  sendCall,
} from '@stoa/sdk'
import { getTransactionReceipt } from 'viem/actions'
import type { FirstCall, JudgedAnswer, NextStep } from '../player/player.ts'
import type { openCourt, PlayedOut } from './openCourt.ts'

/** What a side does next in a game. */
export type Play = (game: PlayedGame) => Promise<NextStep>

/** Plays a complaint about an answer to its end on a chain, or until somebody gives up. */
export async function playAnswer(
  court: Awaited<ReturnType<typeof openCourt>>,
  answer: JudgedAnswer,
  complaint: FirstCall,
  sides: { seller: Play; challenger: Play },
): Promise<PlayedOut> {
  const { deployment, seller, challenger } = court
  const signed = { deployment, receipt: answer.receipt, signature: hexToBytes(answer.signature) }
  if (complaint.complain === 'proveMalformed') {
    const call = proveMalformedCall({ ...signed, opening: encodeOpening(complaint.opening) })
    const { transactionHash: hash } = await sendCall(challenger, deployment.chainId, call)
    const { gasUsed } = await getTransactionReceipt(challenger, { hash })
    return { convicted: true, ground: undefined, moves: [{ move: 'proveMalformed', by: 'challenger', gas: gasUsed }] }
  }
  const { stage } = complaint
  const opened = stage && { place: BigInt(stage.place), opening: encodeOpening(stage.opening) }
  const begun = await challengeAnswer(challenger, { ...signed, ...(opened && { stage: opened }) })
  const moves: PlayedOut['moves'][number][] = [{ move: 'challenge', by: 'challenger', gas: begun.gasUsed }]
  for (;;) {
    const played = await readGame(seller, { deployment, game: begun.game, fromBlock: begun.blockNumber })
    if (!played) throw new Error('the game is gone')
    if (played.verdict) return { convicted: played.verdict.convicted, ground: played.verdict.ground, moves }
    const theirs = await sides.seller(played)
    const next = theirs.step === 'wait' ? await sides.challenger(played) : theirs
    if (next.step !== 'call') return { convicted: false, ground: undefined, moves }
    const by = theirs.step === 'call' ? 'seller' : 'challenger'
    const call = { deployment, game: played.game, state: played.state, ...next.call }
    const { gasUsed } = await playMove(by === 'seller' ? seller : challenger, call)
    moves.push({ move: next.call.move, by, gas: gasUsed })
  }
}
