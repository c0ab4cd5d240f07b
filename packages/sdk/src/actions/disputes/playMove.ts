import { graphArbiterAbi } from '@stoa/protocol/abi'
import { type Abi, encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'
import { arbiterOf } from './arbiterOf.ts'
import { encodeEvidence, type OpenedEvidence } from './encodeEvidence.ts'
import type { GameCall, GameState } from './gameState.ts'

export type PlayMoveParameters = {
  deployment: Deployment
  game: bigint
  /** As the last event showed it. */
  state: GameState
  move: GameCall
  /** What the contract takes after game and state, but for the evidence of an exhibit, which is encoded here. */
  args: readonly unknown[]
}

/** Sends a move or a proof of a dispute. What the contract refuses throws `ContractRevertError` before anything is spent. */
export async function playMove(
  client: WriteClient,
  { deployment, game, state, move, args }: PlayMoveParameters,
): Promise<WriteResult> {
  const data = encodeFunctionData({
    abi: graphArbiterAbi as Abi,
    functionName: move,
    args: [game, state, ...args.map(withEncodedEvidence)],
  })
  return writeResult(await sendCall(client, deployment.chainId, { to: arbiterOf(deployment), data }))
}

function withEncodedEvidence(arg: unknown): unknown {
  if (typeof arg !== 'object' || arg === null || !('evidence' in arg)) return arg
  return { ...arg, evidence: encodeEvidence(arg.evidence as OpenedEvidence) }
}
