import { bytesToHex, type Receipt } from '@stoa/protocol'
import { graphArbiterAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import { readContract } from 'viem/actions'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { ensureAllowance } from '../../internal/ensureAllowance.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'
import { arbiterOf } from './arbiterOf.ts'
import type { GameState } from './gameState.ts'

export type ChallengeAnswerParameters = {
  deployment: Deployment
  receipt: Receipt
  /** The seller's, 64-byte EIP-2098. */
  signature: Uint8Array
}

export type ChallengeAnswerReturnType = WriteResult & { game: bigint; state: GameState }

/** Opens a dispute about an answer (specs/dispute.md), with the bond from the client's account, after approving it if need be. */
export async function challengeAnswer(
  client: WriteClient,
  { deployment, receipt, signature }: ChallengeAnswerParameters,
): Promise<ChallengeAnswerReturnType> {
  const address = arbiterOf(deployment)
  const { chainId } = deployment
  const contract = { address, abi: graphArbiterAbi } as const
  const [token, amount] = await translated(
    Promise.all([
      readContract(client, { ...contract, functionName: 'token' }),
      readContract(client, { ...contract, functionName: 'bond' }),
    ]),
  )
  await ensureAllowance(client, { chainId, token, spender: address, amount })
  const args = [receipt, bytesToHex(signature)] as const
  const data = encodeFunctionData({ abi: graphArbiterAbi, functionName: 'challenge', args })
  const mined = await sendCall(client, chainId, { to: address, data })
  const { game, state } = eventOf(mined, { ...contract, eventName: 'Challenged' })
  return { ...writeResult(mined), game, state }
}
