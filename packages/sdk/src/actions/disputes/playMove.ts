import { graphArbiterAbi } from '@stoa/protocol/abi'
import { type Abi, encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'
import { arbiterOf } from './arbiterOf.ts'
import type { GameCall, GameCallArgs, GameState } from './gameState.ts'

export type PlayMoveParameters<call extends GameCall> = {
  deployment: Deployment
  game: bigint
  /** As the last event showed it. */
  state: GameState
  move: call
  args: GameCallArgs<call>
}

/** Sends a move or a proof of a dispute. What the contract refuses throws `ContractRevertError` before anything is spent. */
export async function playMove<call extends GameCall>(
  client: WriteClient,
  { deployment, game, state, move, args }: PlayMoveParameters<call>,
): Promise<WriteResult> {
  const data = encodeFunctionData({
    abi: graphArbiterAbi as Abi,
    functionName: move as string,
    args: [game, state, ...(args as readonly unknown[])],
  })
  return writeResult(await sendCall(client, deployment.chainId, { to: arbiterOf(deployment), data }))
}
